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
}

/// A policy with the parameters of one place where it is applied.
public struct GatewayPolicyUse: Sendable, Hashable, Codable {
    /// For instance `addHeader`.
    public var name: String
    /// For instance `v2`.
    public var version: String
    /// By name of the attribute; numbers and booleans as text.
    public var parameters: [String: String]
    /// The policy's Lua script; `nil` for those that are part of the gateway.
    public var script: String?

    public init(name: String, version: String, parameters: [String: String] = [:], script: String? = nil) {
        self.name = name
        self.version = version
        self.parameters = parameters
        self.script = script
    }
}
