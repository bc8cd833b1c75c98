import Model
import Synchronization

@testable import GatewayCore

/// A connection of a gateway with one open API whose back ends want a credential.
final class EndpointSecurityScene {
    let connection: ScriptedConnection
    let pipeline: RequestPipeline

    init(
        _ security: GatewayEndpointSecurity?, sandbox: GatewayEndpointSecurity? = nil, authority: FakeTokens? = nil,
        endpoints: [String] = ["http://backend:9000/base"], policies: GatewayPolicyFlows = GatewayPolicyFlows(),
        source: any FlowPolicySource = NoPolicies(), change: (inout PipelineSettings) -> Void = { _ in }
    ) {
        var settings = PipelineSettings()
        settings.endpointSecurity.authority = authority
        change(&settings)
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil), policies: source)
        let api = GatewayFixture.api { api in
            api.production = GatewayEndpointGroup(
                strategy: endpoints.count > 1 ? .failover : .single, endpoints: endpoints.map { GatewayEndpoint(url: $0) },
                security: security)
            api.sandbox?.security = sandbox
            api.operations = ["GET", "POST"].map {
                GatewayOperation(
                    verb: $0, target: "/open/*", authType: "None", policy: "Unlimited", scopes: [], policies: policies)
            }
        }
        builder.apply([.put(.api(api))])
        let random = RandomSource { Array(repeating: 7, count: $0) }
        pipeline = RequestPipeline(settings: settings, snapshot: builder.build(), random: random)
        connection = ScriptedConnection(pipeline: pipeline)
    }

    static func request(_ verb: String, _ path: String = "/open/a", _ fields: String..., body: String = "") -> String {
        "\(verb) /pizza/1.0.0\(path) HTTP/1.1\r\nHost: x\r\nactivityid: 1\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }

    /// Sends a request that needs no errand; what the upstream gets.
    func sends(_ request: String) -> String {
        connection.toUpstream = ""
        connection.client(request)
        connection.ready()
        return connection.toUpstream
    }
}

/// Gives tokens in turn, or nothing.
final class FakeTokens: EndpointTokenAuthority {
    struct Silence: Error {}

    private let state: Mutex<(tokens: [String], refused: [String?])>

    init(_ tokens: String...) { state = Mutex((tokens, [])) }

    /// What was refused, call by call.
    var calls: [String?] { state.withLock { $0.refused } }

    func token(
        from source: EndpointTokenSource, refused: String?, trust: UpstreamTrustDirectory
    ) async throws -> EndpointToken {
        try state.withLock { state in
            state.refused.append(refused)
            if state.tokens.isEmpty { throw Silence() }
            return EndpointToken(value: state.tokens.removeFirst(), renewalMilliseconds: 1_700_002_000_000)
        }
    }
}
