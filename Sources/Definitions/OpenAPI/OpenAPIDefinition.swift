import Documents
import Model

/// An OpenAPI document with what publishing needs from it.
public struct OpenAPIDefinition: Sendable {
    public var document: JSONValue
    public var format: OpenAPIFormat
    /// `openapi` or `swagger` of the document, for instance `3.0.1`.
    public var formatVersion: String
    public var title: String
    public var version: String
    public var description: String
    /// URLs of the servers; relative ones are left out.
    public var servers: [String]
    /// The operations in the contract's form.
    public var operations: [JSONValue]
    public var scopes: [PublishedScope]
    /// Members of the API object that the document's extensions give.
    public var members: JSONObject

    /// A context made of the title: its letters and digits, lower case.
    public var suggestedContext: String {
        "/" + title.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
