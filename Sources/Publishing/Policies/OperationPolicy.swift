import Documents
import Model

/// An operation policy as a tenant or one of its APIs has it.
public struct OperationPolicy: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// The API that the policy belongs to; `nil` for one that all APIs of the tenant can use.
    public var apiID: String?
    /// Whether it is an API's own copy of a policy that all can use, made when it was applied.
    public var isClone: Bool
    public var specification: PolicySpecification
    public var definitions: PolicyDefinitions
    /// Of specification and definitions; equal for a policy and its clones.
    public var md5: String

    public init(
        id: String, apiID: String?, isClone: Bool = false, specification: PolicySpecification,
        definitions: PolicyDefinitions, md5: String
    ) {
        self.id = id
        self.apiID = apiID
        self.isClone = isClone
        self.specification = specification
        self.definitions = definitions
        self.md5 = md5
    }

    public var name: String { specification.name }
    public var version: String { specification.version }
}

/// What a policy does, for the gateways that can run it.
public struct PolicyDefinitions: Sendable, Hashable {
    /// The form of a definition.
    public enum Form: String, Sendable {
        /// A script for the gateways of this platform.
        case lua
        /// A template for other gateways; kept, but not run here.
        case template
        /// Part of the gateway; there is no text.
        case builtIn
    }

    public var form: Form
    /// Text of the script or template; empty for what is built in.
    public var text: String
    /// Template for Choreo Connect gateways; kept, but not run here.
    public var choreoConnect: String?

    public init(form: Form, text: String = "", choreoConnect: String? = nil) {
        self.form = form
        self.text = text
        self.choreoConnect = choreoConnect
    }

    public static let builtIn = PolicyDefinitions(form: .builtIn)

    var json: JSONValue {
        var json: JSONValue = ["form": JSONValue(form.rawValue), "text": JSONValue(text)]
        if let choreoConnect { json["choreoConnect"] = JSONValue(choreoConnect) }
        return json
    }

    init(json: JSONValue) {
        self.init(
            form: Form(rawValue: json["form"]?.string ?? "") ?? .template, text: json["text"]?.string ?? "",
            choreoConnect: json["choreoConnect"]?.string)
    }
}
