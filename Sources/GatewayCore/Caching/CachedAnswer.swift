/// An answer that was kept: what the upstream sent, and how long it may be used.
final class CachedAnswer: Sendable {
    /// Fields of the request that the answer depends on (`Vary`), with the values that they had; names in lower case.
    let selectors: [Selector]
    let status: Int32
    /// The head as HTTP/1.1 text, without the fields that end at the gateway.
    let head: [UInt8]
    let body: [UInt8]
    let entityTag: [UInt8]?
    let lastModified: [UInt8]?
    let freshness: CacheFreshness

    struct Selector: Sendable, Equatable {
        var name: FieldName
        var value: [UInt8]
    }

    init(
        selectors: [Selector], status: Int32, head: [UInt8], body: [UInt8], entityTag: [UInt8]?, lastModified: [UInt8]?,
        freshness: CacheFreshness
    ) {
        self.selectors = selectors
        self.status = status
        self.head = head
        self.body = body
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.freshness = freshness
    }

    /// Memory that the answer takes, roughly.
    var bytes: Int { head.count + body.count + selectors.reduce(512) { $0 + $1.value.count + 64 } }

    /// Whether the upstream can be asked whether the answer is still right.
    var hasValidator: Bool { entityTag != nil || lastModified != nil }

    /// Whether the answer is one to a request with these fields (RFC 9111 §4.1).
    func answers(_ request: RequestDraft) -> Bool {
        selectors.allSatisfy { Self.value(of: $0.name, request) == $0.value }
    }

    static func value(of name: FieldName, _ request: RequestDraft) -> [UInt8] {
        Array(request.values(of: name).joined(separator: Array(", ".utf8)))
    }
}

/// How old an answer is and may become (RFC 9111 §4.2); times in seconds but where they say otherwise.
struct CacheFreshness: Sendable, Equatable {
    /// When the answer came; milliseconds since 1970.
    var receivedMilliseconds: Int64
    /// How old it was then.
    var initialAge: Int64
    /// How old it may become without being asked for again.
    var lifetime: Int64

    func age(nowMilliseconds: Int64) -> Int64 { initialAge + max(0, nowMilliseconds - receivedMilliseconds) / 1000 }

    func isFresh(nowMilliseconds: Int64, maxAge: Int64?) -> Bool {
        let age = age(nowMilliseconds: nowMilliseconds)
        return age < lifetime && age <= maxAge ?? .max
    }
}
