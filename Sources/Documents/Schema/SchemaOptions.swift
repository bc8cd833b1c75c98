/// How `JSONSchema.check` treats what a strict validator would leave alone.
public struct SchemaOptions: Sendable, Hashable {
    /// Members that an object's schema does not declare are findings, unless it says `additionalProperties` itself.
    public var closed: Bool
    /// Numbers and booleans in quotes become what the schema asks for.
    public var coerces: Bool
    /// `readOnly` members are dropped and never required.
    public var ignoresReadOnly: Bool
    /// `writeOnly` members are never required.
    public var ignoresWriteOnly: Bool
    /// A `null` for an optional member whose schema allows no `null` is dropped.
    public var dropsNull: Bool

    public init(
        closed: Bool = false, coerces: Bool = false, ignoresReadOnly: Bool = false,
        ignoresWriteOnly: Bool = false, dropsNull: Bool = false
    ) {
        self.closed = closed
        self.coerces = coerces
        self.ignoresReadOnly = ignoresReadOnly
        self.ignoresWriteOnly = ignoresWriteOnly
        self.dropsNull = dropsNull
    }

    /// The keywords as they are written, nothing else.
    public static let strict = SchemaOptions()
    /// What the management APIs do with a request body.
    public static let requestBody = SchemaOptions(closed: true, coerces: true, ignoresReadOnly: true, dropsNull: true)
}

/// One broken rule of a schema.
public struct SchemaFinding: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the checked value.
    public let path: JSONPointer
    /// The keyword that is broken: `required`, `maxLength`, `format` …; `closed` for a member that is not declared.
    public let rule: String
    /// A sentence that names the member and the rule, for the caller of an API.
    public let message: String

    public var description: String { path.tokens.isEmpty ? message : "\(path): \(message)" }
}

/// Why a schema cannot be used.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the document that holds the schema.
    public let path: JSONPointer
    public let message: String

    public init(path: JSONPointer, message: String) {
        self.path = path
        self.message = message
    }

    public var description: String { "#\(path): \(message)" }
}
