import Documents

/// The public keys of one issuer (RFC 7517 §5).
public struct JSONWebKeySet: Sendable, Hashable {
    public var keys: [JSONWebKey]

    public init(keys: [JSONWebKey]) { self.keys = keys }

    /// Reads a set. Keys of unknown types are left out, as RFC 7517 §5 asks; a damaged key of a known type throws ``KeyError``.
    public init(json: JSONValue) throws {
        guard let members = json["keys"]?.array else { throw KeyError.malformedKey("keys") }
        keys = try members.compactMap { try JSONWebKey(json: $0) }
    }

    /// Reads a set from its text.
    public init(text: String) throws { try self.init(json: try JSONValue.parse(text)) }

    /// The set as it is published.
    public var json: JSONValue { ["keys": .array(keys.map(\.json))] }
    /// The set as compact text.
    public var text: String { json.text }
}
