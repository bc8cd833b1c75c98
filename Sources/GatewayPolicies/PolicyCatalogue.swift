import GatewayCore
import Model

/// Makes the policies of APIs ready to run: those that are part of the gateway by their name and version, custom ones by their script.
public struct PolicyCatalogue: FlowPolicySource {
    private let services: PolicyServices

    public init(services: PolicyServices) { self.services = services }

    public func maker() -> (GatewayPolicyUse) -> AnyFlowPolicy {
        let workshop = LuaWorkshop(services: services)
        return { use in
            do throws(PolicyProblem) { return AnyFlowPolicy(try make(use, workshop)) } catch {
                return AnyFlowPolicy(UnusablePolicy(use, reason: error.reason))
            }
        }
    }

    public func implied(by api: GatewayAPI) -> (GatewayOperation) -> ImpliedPolicies {
        let check = SchemaCheck(of: api, limits: services.limits)
        return { operation in
            ImpliedPolicies(
                first: check?.requestPolicy(operation), last: operation.mock.map(MockPolicy.init),
                // Examples need not be complete, and nobody else than their author is to blame.
                response: operation.mock == nil ? check?.responsePolicy(operation) : nil)
        }
    }

    /// Why a policy that is part of the gateway could not run with these parameters, or `nil`.
    public func problem(of name: String, _ version: String, with parameters: [String: String]) -> String? {
        guard let build = Self.builders["\(name) \(version)"] else { return "this gateway does not know it" }
        do throws(PolicyProblem) { _ = try build(PolicyParameters(parameters), services) } catch { return error.reason }
        return nil
    }

    private func make(_ use: GatewayPolicyUse, _ workshop: LuaWorkshop) throws(PolicyProblem) -> any FlowPolicy {
        var values = use.parameters
        for (name, secret) in use.secrets { values[name] = secret.value }
        if let script = use.script { return workshop.policy(use, script: script, parameters: values) }
        guard let build = Self.builders["\(use.name) \(use.version)"] else {
            throw PolicyProblem("this gateway does not know it")
        }
        return try build(PolicyParameters(values), services)
    }

    private typealias Builder = @Sendable (PolicyParameters, PolicyServices) throws(PolicyProblem) -> any FlowPolicy

    private static let builders: [String: Builder] = [
        "addHeader v2": { (parameters, _) throws(PolicyProblem) in try AddHeaderPolicy(parameters) },
        "removeHeader v1": { (parameters, _) throws(PolicyProblem) in try RemoveHeaderPolicy(parameters) },
        "addQueryParam v1": { (parameters, _) throws(PolicyProblem) in try AddQueryParameterPolicy(parameters) },
        "preserveAcceptHeader v1": { (_, _) in PreserveAcceptHeaderPolicy() },
        "applyAcceptHeader v1": { (_, services) in ApplyAcceptHeaderPolicy(limits: services.limits) },
        "changeHTTPMethod v1": { (parameters, _) throws(PolicyProblem) in try ChangeHTTPMethodPolicy(parameters) },
        "rewriteResourcePath v3": { (parameters, _) throws(PolicyProblem) in try RewriteResourcePathPolicy(parameters) },
        "setToHeader v1": { (parameters, services) throws(PolicyProblem) in
            try DynamicEndpointPolicy(parameters, services)
        },
        "disableChunking v1": { (_, _) in DisableChunkingPolicy() },
        "jsonToXML v1": { (_, services) in ConversionPolicy(.jsonToXML, limits: services.limits) },
        "xmlToJson v1": { (_, services) in ConversionPolicy(.xmlToJSON, limits: services.limits) },
        "jsonFault v1": { (_, _) in JSONFaultPolicy(logger: nil) },
        "debugJsonFault v1": { (_, services) in JSONFaultPolicy(logger: services.logger) },
        "addLogMessage v1": { (_, services) in LogMessagePolicy(.everything, logger: services.logger) },
        "debugRequestFlow v1": { (_, services) in LogMessagePolicy(.request, logger: services.logger) },
        "debugResponseFlow v1": { (_, services) in LogMessagePolicy(.response, logger: services.logger) },
        "jsonValidator v1": { (parameters, services) throws(PolicyProblem) in
            try JSONThreatPolicy(parameters, limits: services.limits)
        },
        "xmlValidator v1": { (_, services) in XMLThreatPolicy(limits: services.limits) },
        "regexPolicy v1": { (_, services) throws(PolicyProblem) in try RegexThreatPolicy(limits: services.limits) },
        "jwtClaimBasedAccessValidator v1": { (parameters, _) throws(PolicyProblem) in try ClaimAccessPolicy(parameters) },
        "revokeOneTimeToken v1": { (parameters, services) throws(PolicyProblem) in
            try OneTimeTokenPolicy(parameters, services.oneTimeTokens)
        },
        "opaPolicy v1": { (parameters, services) throws(PolicyProblem) in
            try OpenPolicyAgentPolicy(parameters, services)
        },
    ]

    /// Names and versions of the policies that are part of the gateway, such as `addHeader v2`.
    public static var builtIn: Set<String> { Set(builders.keys) }
}

/// Why a policy cannot run.
struct PolicyProblem: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
