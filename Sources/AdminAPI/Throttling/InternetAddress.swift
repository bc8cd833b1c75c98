import Model

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The text form of IPv4 and IPv6 addresses.
enum InternetAddress {
    /// `text` if it is an address; else throws a 400 that names `member`.
    static func checked(_ text: String, _ member: String) throws -> String {
        guard isValid(text) else { throw CatalogueError.unsupportedCondition("\(member) is not an IP address") }
        return text
    }

    static func isValid(_ text: String) -> Bool {
        var storage = in6_addr()
        return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
    }
}
