/// How much gateways log of the calls of an API (`docs/api-logs.md`).
public enum APILogLevel: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
    case off = "OFF"
    /// Who called what, and the status.
    case basic = "BASIC"
    /// Also the header fields.
    case standard = "STANDARD"
    /// Also the bodies.
    case full = "FULL"

    public static func < (one: APILogLevel, other: APILogLevel) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A level for all calls of an API, or for those of one operation, which then counts more.
public struct APILogRule: Sendable, Hashable, Codable {
    /// Verb in upper case and path template of the operation; both `nil` for all operations.
    public var verb: String?
    public var target: String?
    public var level: APILogLevel

    public init(verb: String? = nil, target: String? = nil, level: APILogLevel) {
        self.verb = verb
        self.target = target
        self.level = level
    }
}
