/// A part of the platform whose work can be followed by request id (`docs/correlation-logs.md`).
public struct CorrelationComponent: Sendable, Hashable, Codable {
    public enum Name: String, Sendable, Codable, CaseIterable {
        case http, jdbc, ldap, synapse
        case methodCalls = "method-calls"
    }

    public var name: Name
    public var isEnabled: Bool
    /// Values by name, as clients set them.
    public var properties: [Property]

    public struct Property: Sendable, Hashable, Codable {
        public var name: String
        public var values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    public init(name: Name, isEnabled: Bool = false, properties: [Property] = []) {
        self.name = name
        self.isEnabled = isEnabled
        self.properties = properties
    }
}
