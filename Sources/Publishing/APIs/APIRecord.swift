import Documents
import Model

/// The working copy of an API as it is stored.
public struct APIRecord: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// Stable integer; part of quota keys.
    public var number: Int
    public var tenantID: Int
    public var name: String
    public var version: String
    public var contextTemplate: ContextTemplate
    /// `name` or `name@domain` of the publishing user.
    public var provider: String
    /// `HTTP`, ….
    public var type: String
    public var lifecycleState: LifecycleState
    /// `wso2` or the vendor of a federated gateway.
    public var gatewayVendor: String
    /// Whether this version was chosen as the default.
    public var isDefaultVersion: Bool
    /// Whether gateways serve the path without version with this version; follows the choice when the chosen version is deployed.
    public var servesDefault: Bool
    public var hasThumbnail: Bool
    /// Number of the last revision ever made; 0 means none.
    public var lastRevision: Int
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Milliseconds since 1970.
    public var updatedMilliseconds: Int64
    public var updatedBy: String
    /// Counts the changes; the `ETag`.
    public var rowVersion: Int64
    /// The members of the contract's API object that have no field above, without secrets.
    public var document: JSONObject
    /// The secrets of the document, sealed; `nil` when there are none.
    public var sealedSecrets: String?

    /// Gateway path with the version resolved, for instance `/pizza/1.0.0`.
    public var context: String { contextTemplate.resolved(version: version) }
}

extension APIRecord {
    /// Members of the contract's API object that are fields here and so never part of ``document``.
    static let fieldMembers: Set<String> = [
        "id", "name", "version", "context", "provider", "type", "lifeCycleStatus", "gatewayVendor", "isDefaultVersion",
        "hasThumbnail", "createdTime", "lastUpdatedTime", "lastUpdatedTimestamp", "isRevision", "revisionId",
        "revisionedApiId", "workflowStatus", "wsdlUrl",
    ]

    public var displayName: String { document["displayName"]?.string ?? name }
    public var description: String { document["description"]?.string ?? "" }
    public var visibility: String { document["visibility"]?.string ?? "PUBLIC" }
    public var accessControl: String { document["accessControl"]?.string ?? "NONE" }
    public var tags: [String] { document.strings("tags") }
    /// Names of the business plans.
    public var policies: [String] { document.strings("policies") }
    public var securitySchemes: [String] { document.strings("securityScheme") }
    public var operations: [JSONValue] { document["operations"]?.array ?? [] }
    public var gatewayType: String { document["gatewayType"]?.string ?? "wso2/synapse" }
    /// Whether the API only points to a portal elsewhere and never runs here.
    public var isThirdParty: Bool { document["advertiseInfo"]?["advertised"]?.bool ?? false }
    public var isDiscovered: Bool { document["initiatedFromGateway"]?.bool ?? false }
    public var endpointConfig: JSONObject? { document["endpointConfig"]?.object }
}

extension JSONObject {
    /// The strings of the array `name`; empty when there is none.
    func strings(_ name: String) -> [String] { self[name]?.strings ?? [] }

    /// Sets `name` unless it is there and not null.
    mutating func setDefault(_ name: String, _ value: JSONValue) {
        if self[name]?.isNull ?? true { self[name] = value }
    }

    /// The object without members whose value is null.
    func withoutNulls() -> JSONObject { JSONObject(filter { !$0.value.isNull }.map { ($0.name, $0.value) }) }
}
