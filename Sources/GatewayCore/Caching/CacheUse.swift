/// What the cache has to do with the request at hand.
final class CacheUse {
    enum Role {
        /// The answer may be kept.
        case filling
        /// The upstream is asked whether this answer, which the client is to get, is still right.
        case validating(CachedAnswer)
        /// The request changes things at the upstream, so what is kept of its target is forgotten.
        case invalidating
    }

    let cache: ResponseCache
    let key: CacheKey
    let role: Role
    /// The longest time that the API allows, in seconds.
    let longestLifetime: Int64
    /// Whether the upstream learns a credential of the client's own, so that only answers that are meant for all may be kept.
    let isPersonal: Bool
    /// When the request went to the upstream; milliseconds since 1970.
    let started: Int64
    let conditions: ClientConditions
    /// The answer as far as it has come; `nil` if it is not to be kept.
    var recording: CacheRecording?
    /// Lets equal requests wait; `nil` if none do.
    var lead: CollapsingLead?

    init(
        cache: ResponseCache, key: CacheKey, role: Role, longestLifetime: Int64, isPersonal: Bool, started: Int64,
        conditions: ClientConditions
    ) {
        self.cache = cache
        self.key = key
        self.role = role
        self.longestLifetime = longestLifetime
        self.isPersonal = isPersonal
        self.started = started
        self.conditions = conditions
    }

    /// Adds content; a body that gets too long is not kept.
    func record(_ bytes: UnsafeRawBufferPointer) {
        guard recording != nil else { return }
        if (recording?.body.count ?? 0) + bytes.count > cache.longestBody {
            recording = nil
            letOthersGo()
        } else {
            recording?.body.append(contentsOf: bytes)
        }
    }

    /// Keeps what was recorded: the answer is complete.
    func finish() {
        guard let done = recording else { return }
        recording = nil
        cache.keep(done.answer, for: key)
        lead = nil
    }

    /// The answer is none for others.
    func letOthersGo() {
        lead?.isUnkept = true
        lead = nil
    }
}

/// An answer that is coming in.
struct CacheRecording {
    var selectors: [CachedAnswer.Selector]
    var status: Int32
    var head: [UInt8]
    var entityTag: [UInt8]?
    var lastModified: [UInt8]?
    var freshness: CacheFreshness
    var body: [UInt8] = []

    var answer: CachedAnswer {
        CachedAnswer(
            selectors: selectors, status: status, head: head, body: body, entityTag: entityTag, lastModified: lastModified,
            freshness: freshness)
    }
}

/// The conditions that a client put on its request (RFC 9110 §13.1), as far as a cache can answer them.
struct ClientConditions {
    var noneMatch: [[UInt8]]
    var modifiedSince: [UInt8]?

    init(_ request: RequestDraft) {
        noneMatch = request.values(of: .ifNoneMatch)
        modifiedSince = request.value(of: .ifModifiedSince)
    }

    /// Whether the client has this answer already (RFC 9110 §13.2.2).
    func areMet(by answer: CachedAnswer) -> Bool {
        guard answer.status == 200 else { return false }
        if !noneMatch.isEmpty { return answer.entityTag.map(matches) ?? false }
        guard let modifiedSince, let modified = answer.lastModified,
            let since = modifiedSince.withUnsafeBytes(HTTPDate.seconds), let last = modified.withUnsafeBytes(HTTPDate.seconds)
        else { return false }
        return last <= since
    }

    /// The weak comparison of RFC 9110 §8.8.3.2.
    private func matches(_ tag: [UInt8]) -> Bool {
        let strong = Self.withoutWeakness(tag[...])
        return noneMatch.contains { list in
            list.withUnsafeBytes { bytes in
                var isFound = false
                ByteScanning.forEachElement(of: bytes) { element in
                    isFound = element.elementsEqual("*".utf8) || Self.withoutWeakness(Array(element)[...]) == strong
                    return !isFound
                }
                return isFound
            }
        }
    }

    private static func withoutWeakness(_ tag: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        tag.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag
    }
}
