/// Names the browser family and operating system of user agents; remembers the last ones by their bytes.
final class UserAgentCache {
    private var texts = [[UInt8]](repeating: [], count: 64)
    private var found = [[UInt8]](repeating: UserAgentCache.describe(UnsafeRawBufferPointer(start: nil, count: 0)), count: 64)

    /// `"userAgent":…,"platform":…`.
    func members(of agent: UnsafeRawBufferPointer) -> [UInt8] {
        let place = Int(truncatingIfNeeded: ByteHash.hash(agent, seed: 0) >> 32) & 63
        if Bytes.equal(agent, texts[place]) { return found[place] }
        texts[place] = Array(agent)
        found[place] = Self.describe(agent)
        return found[place]
    }

    /// In order: many browsers name others that they are compatible with, the most particular name counts.
    private static let families: [(mark: StaticString, name: String)] = [
        ("edg/", "Edge"), ("opr/", "Opera"), ("samsungbrowser", "Samsung Internet"), ("firefox", "Firefox"),
        ("chrome", "Chrome"),
        ("safari", "Safari"), ("msie", "IE"), ("trident", "IE"), ("curl", "curl"), ("wget", "Wget"),
        ("postmanruntime", "PostmanRuntime"), ("python-requests", "Python Requests"), ("okhttp", "okhttp"),
        ("apache-httpclient", "Apache-HttpClient"), ("go-http-client", "Go-http-client"), ("java/", "Java"), ("axios", "axios"),
    ]

    private static let platforms: [(mark: StaticString, name: String)] = [
        ("windows", "Windows"), ("android", "Android"), ("iphone", "iOS"), ("ipad", "iOS"), ("mac os x", "Mac OS X"),
        ("cros", "Chrome OS"), ("linux", "Linux"),
    ]

    private static func describe(_ agent: UnsafeRawBufferPointer) -> [UInt8] {
        let family = families.first { Bytes.firstIndex(of: $0.mark, inAnyCase: agent) != nil }
        let platform = platforms.first { Bytes.firstIndex(of: $0.mark, inAnyCase: agent) != nil }
        return EventMembers.join([("userAgent", family?.name ?? "UNKNOWN"), ("platform", platform?.name ?? "UNKNOWN")])
    }
}
