import Counters
import Model

@testable import GatewayCore

/// A policy that does what a test says.
struct ScriptedPolicy: FlowPolicy {
    var needsBody = false
    let action: @Sendable (PolicyVisit) -> StageOutcome

    func apply(to visit: PolicyVisit) -> StageOutcome { action(visit) }
}

/// The policies of a test by name.
struct ScriptedPolicies: FlowPolicySource {
    let policies: [String: ScriptedPolicy]

    func maker() -> (GatewayPolicyUse) -> AnyFlowPolicy {
        { use in AnyFlowPolicy(policies[use.name] ?? ScriptedPolicy { _ in .refused(.unknownResource) }) }
    }
}

/// A connection of a gateway with one API whose policies are a test's.
final class PolicyScene {
    let connection: ScriptedConnection

    /// - Parameters:
    ///   - own: names of the policies of the operation `GET` and `POST /open/*`.
    ///   - outer: those of the API.
    init(
        _ policies: [String: ScriptedPolicy], own: GatewayPolicyFlows = GatewayPolicyFlows(), outer: GatewayPolicyFlows? = nil,
        bodyBytes: Int = 1000, limits: WireLimits = WireLimits()
    ) {
        var settings = PipelineSettings()
        settings.policyBodyBytes = bodyBytes
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil), policies: ScriptedPolicies(policies: policies))
        let api = GatewayFixture.api { api in
            api.policies = outer
            api.operations = ["GET", "POST", "HEAD"].map {
                GatewayOperation(verb: $0, target: "/open/*", authType: "None", policy: "Unlimited", scopes: [], policies: own)
            }
        }
        builder.apply([.put(.api(api))])
        connection = ScriptedConnection(
            limits: limits, pipeline: RequestPipeline(settings: settings, snapshot: builder.build()))
    }

    static func uses(_ names: String...) -> [GatewayPolicyUse] { names.map { GatewayPolicyUse(name: $0, version: "v1") } }

    static func request(_ verb: String, _ path: String = "/open/a", _ fields: String..., body: String = "") -> String {
        "\(verb) /pizza/1.0.0\(path) HTTP/1.1\r\nHost: x\r\nactivityid: 1\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }
}

extension PolicyVisit {
    /// The body as text.
    var text: String? { body.map { String(decoding: $0, as: UTF8.self) } }
}
