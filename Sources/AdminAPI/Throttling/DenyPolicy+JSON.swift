import Documents
import Model

/// Deny policies as the admin contract shows and takes them.
extension DenyPolicy {
    var json: JSONValue {
        [
            "conditionId": JSONValue(id), "conditionType": JSONValue(condition.kind.rawValue),
            "conditionValue": condition.json, "conditionStatus": JSONValue(isActive),
        ]
    }
}

extension DenyCondition {
    var json: JSONValue {
        switch self {
        case .api(let context): JSONValue(context)
        case .application(let owner, let name): JSONValue("\(owner):\(name)")
        case .user(let name): JSONValue(name)
        case .address(let address, let isInverted): ["fixedIp": JSONValue(address), "invert": JSONValue(isInverted)]
        case .addressRange(let from, let to, let isInverted):
            ["startingIp": JSONValue(from), "endingIp": JSONValue(to), "invert": JSONValue(isInverted)]
        case .subscription(let key): JSONValue(key)
        }
    }

    /// Reads type and value of a body. Throws a 400 that says what the value has to be.
    init(json: JSONValue) throws {
        let value = json["conditionValue"] ?? .null
        switch Kind(rawValue: json["conditionType"]?.string ?? "") {
        case .api: self = .api(context: try Self.context(value))
        case .application: self = try Self.application(value)
        case .user: self = .user(try Self.text(value, "the name of a user"))
        case .address:
            self = .address(try Self.address(value, "fixedIp"), isInverted: try Self.isInverted(value))
        case .addressRange: self = try Self.range(value)
        case .subscription: self = .subscription(try Self.subscription(value))
        case nil: throw CatalogueError.badRequest("conditionType must be one of API, APPLICATION, USER, IP and IPRANGE")
        }
    }

    private static func invalid(_ expectation: String) -> CatalogueError {
        .badRequest("conditionValue must be \(expectation)")
    }

    private static func text(_ value: JSONValue, _ expectation: String) throws -> String {
        guard let text = value.string, !text.allSatisfy(\.isWhitespace), text.utf8.count <= 512 else {
            throw invalid(expectation + ", at most 512 bytes long")
        }
        return text
    }

    private static func context(_ value: JSONValue) throws -> String {
        let expectation = "the context of an API with its version, for instance /pizza/1.0.0"
        let text = try text(value, expectation)
        guard text.hasPrefix("/"), text.count > 1 else { throw invalid(expectation) }
        return text
    }

    private static func application(_ value: JSONValue) throws -> DenyCondition {
        let expectation = "owner and name of an application, for instance kim:Shop"
        let parts = try text(value, expectation).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw invalid(expectation) }
        return .application(owner: String(parts[0]), name: String(parts[1]))
    }

    private static func subscription(_ value: JSONValue) throws -> String {
        let expectation = "context:version:owner-application:PRODUCTION or …:SANDBOX"
        let text = try text(value, expectation)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.hasPrefix("/"), parts.count >= 4, parts[2].contains("-"),
            KeyType(rawValue: String(parts[parts.count - 1])) != nil
        else { throw invalid(expectation) }
        return text
    }

    private static func range(_ value: JSONValue) throws -> DenyCondition {
        let from = try address(value, "startingIp")
        let to = try address(value, "endingIp")
        guard from.contains(":") == to.contains(":") else {
            throw invalid("a range of addresses of one kind: startingIp and endingIp both IPv4 or both IPv6")
        }
        return .addressRange(from: from, to: to, isInverted: try isInverted(value))
    }

    private static func address(_ value: JSONValue, _ member: String) throws -> String {
        guard value.object != nil else { throw invalid("an object with \(member)") }
        guard let text = value[member]?.string, InternetAddress.isValid(text) else {
            throw CatalogueError.badRequest("\(member) of conditionValue must be an IPv4 or IPv6 address")
        }
        return text
    }

    private static func isInverted(_ value: JSONValue) throws -> Bool {
        switch value["invert"] {
        case nil, .null: return false
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        default: throw CatalogueError.badRequest("invert of conditionValue must be true or false")
        }
    }
}
