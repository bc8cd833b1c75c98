/// A secret inside of a gateway entity: readable for the gateway that uses it, but never printed.
///
/// An entity that holds one is sealed as a whole where it is stored. Whoever encodes entities learns that from a ``GatewaySecretWitness``
/// in the encoder's `userInfo`, so that no entity with a secret is stored in the clear by oversight.
public struct GatewaySecret: Sendable, Hashable, Codable {
    /// The secret itself.
    public var value: String

    public init(_ value: String) { self.value = value }

    public init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        (encoder.userInfo[GatewaySecretWitness.key] as? GatewaySecretWitness)?.note()
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

extension GatewaySecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[secret]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
