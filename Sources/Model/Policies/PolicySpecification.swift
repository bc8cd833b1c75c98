/// What an operation policy is, where it may be applied, and which parameters it takes (`docs/policies.md`).
public struct PolicySpecification: Sendable, Hashable {
    /// `Mediation` or `Security`.
    public var category: String
    public var name: String
    /// For instance `v1`.
    public var version: String
    public var displayName: String
    public var description: String
    /// `request`, `response`, `fault`.
    public var flows: [String]
    /// `Synapse` for the gateways of this platform, `ChoreoConnect`, `AWS`, `Azure`, `Kong`.
    public var gateways: [String]
    public var apiTypes: [PolicyAPIType]
    public var attributes: [PolicyAttribute]

    public init(
        category: String = "Mediation", name: String, version: String, displayName: String, description: String,
        flows: [String], gateways: [String] = ["Synapse"], apiTypes: [PolicyAPIType], attributes: [PolicyAttribute] = []
    ) {
        self.category = category
        self.name = name
        self.version = version
        self.displayName = displayName
        self.description = description
        self.flows = flows
        self.gateways = gateways
        self.apiTypes = apiTypes
        self.attributes = attributes
    }

    /// Whether the policy may be applied to an API of a type, such as `HTTP`, and a subtype, such as `AIAPI`.
    public func supports(type: String, subtype: String?) -> Bool {
        apiTypes.contains { $0.type == type && ($0.subtype == nil || $0.subtype == subtype) }
    }
}

/// A type of API, with a subtype for policies that only it can use.
public struct PolicyAPIType: Sendable, Hashable {
    /// `HTTP`, `SOAP`, `SOAPTOREST`, `GRAPHQL`, `WS`, ….
    public var type: String
    /// `AIAPI`, …; `nil` for all.
    public var subtype: String?

    public init(_ type: String, subtype: String? = nil) {
        self.type = type
        self.subtype = subtype
    }
}

/// A parameter that a policy takes.
public struct PolicyAttribute: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case string = "String"
        case integer = "Integer"
        case boolean = "Boolean"
        case enumeration = "Enum"
        case map = "Map"
        /// Stored sealed and never shown.
        case secret = "Secret"
        case json = "JSON"
        case jsonArray = "JSONArray"
    }

    public var name: String
    public var displayName: String
    public var description: String
    public var kind: Kind
    public var isRequired: Bool
    /// A Perl-compatible expression that the whole value has to match, in any letter case; `nil` for none.
    public var pattern: String?
    public var defaultValue: String?
    /// The values of an enumeration.
    public var allowedValues: [String]

    public init(
        _ name: String, _ displayName: String, description: String = "", kind: Kind = .string, isRequired: Bool = false,
        pattern: String? = nil, defaultValue: String? = nil, allowedValues: [String] = []
    ) {
        self.name = name
        self.displayName = displayName
        self.description = description
        self.kind = kind
        self.isRequired = isRequired
        self.pattern = pattern
        self.defaultValue = defaultValue
        self.allowedValues = allowedValues
    }
}
