/// The policies that an API or one of its operations applies to messages, in order (`docs/policies.md`).
public struct GatewayPolicyFlows: Sendable, Hashable, Codable {
    /// On the way to the upstream.
    public var request: [GatewayPolicyUse]
    /// On the upstream's answer.
    public var response: [GatewayPolicyUse]
    /// On answers of the gateway itself that refuse a request or tell of a failure.
    public var fault: [GatewayPolicyUse]

    public init(request: [GatewayPolicyUse] = [], response: [GatewayPolicyUse] = [], fault: [GatewayPolicyUse] = []) {
        self.request = request
        self.response = response
        self.fault = fault
    }

    public var isEmpty: Bool { request.isEmpty && response.isEmpty && fault.isEmpty }

    /// Applies the policies of `inner` after these.
    public mutating func append(_ inner: GatewayPolicyFlows) {
        request += inner.request
        response += inner.response
        fault += inner.fault
    }
}

/// A policy with the parameters of one place where it is applied.
public struct GatewayPolicyUse: Sendable, Hashable, Codable {
    /// For instance `addHeader`.
    public var name: String
    /// For instance `v2`.
    public var version: String
    /// By name of the attribute; numbers and booleans as text.
    public var parameters: [String: String]
    /// Parameters that are secrets, by name of the attribute.
    public var secrets: [String: GatewaySecret]
    /// The policy's Lua script; `nil` for those that are part of the gateway.
    public var script: String?

    public init(
        name: String, version: String, parameters: [String: String] = [:], secrets: [String: GatewaySecret] = [:],
        script: String? = nil
    ) {
        self.name = name
        self.version = version
        self.parameters = parameters
        self.secrets = secrets
        self.script = script
    }
}

/// The policies that the gateways of an environment apply to all APIs of a tenant, before those of the API.
public struct GatewayGlobalPolicies: Sendable, Hashable, Codable {
    public var tenant: Int
    /// Name of the gateway environment, for instance `Default`.
    public var environment: String
    /// UUID under which publishers know the policies.
    public var mappingID: String
    public var flows: GatewayPolicyFlows

    public init(tenant: Int, environment: String, mappingID: String, flows: GatewayPolicyFlows) {
        self.tenant = tenant
        self.environment = environment
        self.mappingID = mappingID
        self.flows = flows
    }
}
