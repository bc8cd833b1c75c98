import Documents
import Model
import Tokens

/// A rule that says which tokens are a key manager's, with its patterns prepared. A pattern has to match the whole of its text.
struct CompiledTokenRule: Sendable {
    private let pattern: SchemaPattern?
    private let claims: [(name: String, pattern: SchemaPattern)]
    /// A pattern could not be read: then nothing matches.
    private let isBroken: Bool

    init(_ definition: GatewayTokenRule) {
        pattern = definition.pattern.flatMap(Self.whole)
        claims = definition.claims.compactMap { name, text in Self.whole(text).map { (name, $0) } }
        isBroken = (pattern == nil) != (definition.pattern == nil) || claims.count != definition.claims.count
    }

    private static func whole(_ text: String) -> SchemaPattern? { try? SchemaPattern("^(?:\(text))$") }

    func matches(_ text: [UInt8], _ jwt: JWT?) -> Bool {
        if isBroken { return false }
        if let pattern { return pattern.matches(String(decoding: text, as: UTF8.self)) }
        guard let jwt else { return false }
        return claims.allSatisfy { name, pattern in jwt.texts(name).contains { pattern.matches($0) } }
    }
}
