import Documents
import Model
import Testing

@testable import Publishing

@Suite("What gateways get of an API")
struct GatewayCompilerTests {
    @Test("endpoints are grouped by how the configuration chooses among them")
    func strategies() throws {
        let one: JSONValue = ["url": "http://a"]
        let two: JSONValue = [["url": "http://a"], ["url": "https://b"]]
        let cases: [(JSONObject, GatewayEndpointGroup.Strategy, [String])] = [
            (["endpoint_type": "http", "production_endpoints": one], .single, ["http://a"]),
            (["production_endpoints": one], .single, ["http://a"]),
            (["endpoint_type": "load_balance", "production_endpoints": two], .roundRobin, ["http://a", "https://b"]),
            (["endpoint_type": "load_balance", "production_endpoints": [one]], .single, ["http://a"]),
            (
                ["endpoint_type": "failover", "production_endpoints": one, "production_failovers": two], .failover,
                ["http://a", "http://a", "https://b"]
            ),
        ]
        for (configuration, strategy, urls) in cases {
            let group = try #require(EndpointCompiler.group(.production, of: configuration))
            #expect(group.strategy == strategy && group.endpoints.map(\.url) == urls)
            #expect(EndpointCompiler.group(.sandbox, of: configuration) == nil)
        }
    }

    @Test(
        "what has no address gives no group",
        arguments: [
            ["endpoint_type": "default", "production_endpoints": ["url": "default"]] as JSONObject,
            ["endpoint_type": "awslambda", "amznRegion": "eu"], [:], ["production_endpoints": [:]],
        ])
    func noGroup(_ configuration: JSONObject) {
        #expect(EndpointCompiler.group(.production, of: configuration) == nil)
    }

    @Test("settings of an endpoint are read as numbers or text")
    func settings() throws {
        let group = try #require(
            EndpointCompiler.group(
                .sandbox,
                of: [
                    "sandbox_endpoints": [
                        "url": "http://a",
                        "config": [
                            "actionDuration": "5000", "suspendDuration": 100, "suspendMaxDuration": "900",
                            "factor": JSONValue(2.5),
                            "retryErroCode": ["101504", 101505], "retryTimeOut": 3, "retryDelay": "20",
                        ],
                    ]
                ]))
        #expect(
            group.endpoints == [
                GatewayEndpoint(
                    url: "http://a", timeoutMilliseconds: 5000, suspendMilliseconds: 100, suspendMaximumMilliseconds: 900,
                    suspendFactor: 2.5, retryErrorCodes: [101504, 101505], retries: 3, retryDelayMilliseconds: 20)
            ])
    }

    @Test("settings that make no sense leave the defaults", arguments: ["", "soon", "1e400", "99999999999999"])
    func badSettings(_ text: String) throws {
        let configuration: JSONObject = [
            "production_endpoints": ["url": "http://a", "config": ["actionDuration": JSONValue(text)]]
        ]
        #expect(EndpointCompiler.group(.production, of: configuration)?.endpoints == [GatewayEndpoint(url: "http://a")])
    }

    @Test(
        "an API without plans, or with the internal one, accepts any token of the tenant",
        arguments: [
            ([], false), (["DefaultSubscriptionless"], false), (["Gold"], true), (["Gold", "DefaultSubscriptionless"], true),
        ] as [([String], Bool)])
    func subscription(_ plans: [String], _ expected: Bool) async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["policies": JSONValue(plans)])
        let deployment = RevisionDeployment(
            revisionID: "r", environment: "Default", vhost: "localhost", displaysOnDevPortal: true, deployedMilliseconds: 0)
        let compiled = GatewayCompiler(tenant: .superTenant)
            .compile(api, document: api.document, deployment: deployment, isDefaultHost: true)
        #expect(compiled.requiresSubscription == expected)
    }

    @Test("cross-origin rules count only when they are enabled")
    func cors() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create([
            "corsConfiguration": [
                "corsConfigurationEnabled": true, "accessControlAllowOrigins": ["https://a.example"],
                "accessControlAllowCredentials": true, "accessControlAllowHeaders": ["x"], "accessControlAllowMethods": ["GET"],
            ]
        ])
        _ = try await fixture.deploy(api)
        let expected = GatewayCORS(
            origins: ["https://a.example"], headers: ["x"], methods: ["GET"], exposedHeaders: [], allowsCredentials: true)
        #expect(try await fixture.gatewayAPIs().first?.cors == expected)
    }
}
