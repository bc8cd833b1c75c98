import Documents
import Model

/// Policies that gateways apply to all APIs of a tenant.
public struct GatewayPolicyMapping: Sendable, Hashable {
    /// UUID.
    public var id: String
    public var displayName: String
    public var description: String
    /// `request`, `response`, `fault`, each a list of entries as operations have them; without secrets.
    public var flows: JSONValue
    /// The secrets of the entries, sealed; `nil` when there are none.
    var sealedSecrets: String?
    /// Names of the environments whose gateways apply the policies.
    public var environments: [String]

    public init(
        id: String, displayName: String, description: String, flows: JSONValue, sealedSecrets: String? = nil,
        environments: [String] = []
    ) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.flows = flows
        self.sealedSecrets = sealedSecrets
        self.environments = environments
    }
}
