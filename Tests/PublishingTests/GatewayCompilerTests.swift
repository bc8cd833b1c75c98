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
                ["endpoint_type": "load_balance", "production_endpoints": [["url": "http://a", "weight": 9], one]], .weighted,
                ["http://a", "http://a"]
            ),
            (["endpoint_type": "default", "production_endpoints": ["url": "default"]], .single, ["default"]),
            (
                ["production_endpoints": ["url": "srv://_shop._tcp.example.com/v1"]], .single,
                ["srv://_shop._tcp.example.com/v1"]
            ),
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
            ["endpoint_type": "awslambda", "amznRegion": "eu"] as JSONObject, [:], ["production_endpoints": ["url": "jms:/q"]],
            ["production_endpoints": [:]],
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
                            "suspendErrorCode": ["101503"], "healthCheck": ["path": "/up", "interval": 500, "failures": "1"],
                            "factor": JSONValue(2.5),
                            "retryErroCode": ["101504", 101505], "retryTimeOut": 3, "retryDelay": "20",
                        ],
                    ]
                ]))
        #expect(
            group.endpoints == [
                GatewayEndpoint(
                    url: "http://a", timeoutMilliseconds: 5000, suspendMilliseconds: 100, suspendMaximumMilliseconds: 900,
                    suspendFactor: 2.5, suspendErrorCodes: [101503], retryErrorCodes: [101504, 101505], retries: 3,
                    retryDelayMilliseconds: 20,
                    healthCheck: GatewayHealthCheckTerms(path: "/up", intervalMilliseconds: 500, failures: 1))
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
        let compiled = try GatewayCompiler(tenant: .superTenant)
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

    @Test(
        "load-balanced groups keep their clients and move on as configured",
        arguments: [
            ("", JSONValue("False"), nil, false), ("transport", "True", GatewayAffinity(kind: .cookie), true),
            ("simpleClientSession", true, GatewayAffinity(kind: .client), true), ("none", false, nil, false),
        ])
    func balancing(_ session: String, _ failOver: JSONValue, _ affinity: GatewayAffinity?, _ movesOn: Bool) throws {
        let group = try #require(
            EndpointCompiler.group(
                .production,
                of: [
                    "endpoint_type": "load_balance", "production_endpoints": [["url": "http://a"], ["url": "http://b"]],
                    "sessionManagement": JSONValue(session), "failOver": failOver,
                ]))
        #expect(group.affinity == affinity && group.movesOn == movesOn)
    }

    @Test("limits of backends are counted in milliseconds")
    func throughput() {
        let limits = BackendThroughputCompiler.throughput([
            "production": 5, "productionTimeUnit": "MINUTE", "sandbox": 2, "sandboxTimeUnit": "HOUR",
        ])
        #expect(
            limits
                == GatewayBackendThroughput(
                    production: .init(count: 5, windowMilliseconds: 60_000),
                    sandbox: .init(count: 2, windowMilliseconds: 3_600_000)))
        #expect(BackendThroughputCompiler.throughput(["production": 7])?.production?.windowMilliseconds == 1_000)
        #expect(BackendThroughputCompiler.throughput(["production": 0]) == nil)
        #expect(BackendThroughputCompiler.throughput(nil) == nil)
    }

    @Test("caching and checks against the definition reach gateways only when they are on")
    func documentSettings() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.deploy(
            try await fixture.create([
                "responseCachingEnabled": true, "cacheTimeout": 60, "enableSchemaValidation": true, "maxTps": ["production": 9],
            ]))
        let compiled = try #require(try await fixture.gatewayAPIs().first)
        #expect(compiled.responseCacheSeconds == 60 && compiled.backendThroughput?.production?.count == 9)
        #expect(compiled.validatedDefinition?.contains("/menu") == true)
        let plain = try await PublishingFixture()
        _ = try await plain.deploy(try await plain.create())
        let other = try #require(try await plain.gatewayAPIs().first)
        #expect(other.responseCacheSeconds == nil && other.validatedDefinition == nil && other.backendThroughput == nil)
        #expect(other.endpointKind == nil)
    }

    @Test("functions of AWS Lambda are named by the operations")
    func lambda() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.deploy(
            try await fixture.create([
                "endpointConfig": [
                    "endpoint_type": "awslambda", "access_method": "stored", "amznAccessKey": "AK", "amznSecretKey": "s3cret",
                    "amznRegion": "eu-west-1", "assume_role": true, "amznRoleArn": "arn:role", "amznRoleSessionName": "m",
                ],
                "operations": [
                    ["target": "/menu", "verb": "GET", "amznResourceName": "arn:menu", "amznResourceTimeout": 2_000]
                ],
            ]))
        let compiled = try #require(try await fixture.gatewayAPIs().first)
        let role = GatewayLambdaRole(resourceName: "arn:role", sessionName: "m", region: "eu-west-1")
        #expect(
            compiled.endpointKind
                == .lambda(
                    GatewayLambdaAccess(
                        accessKey: "AK", secretKey: GatewaySecret("s3cret"), region: "eu-west-1", role: role)))
        #expect(compiled.operations[0].lambda == GatewayLambdaFunction(resourceName: "arn:menu", timeoutMilliseconds: 2_000))
    }

    @Test("mock implementations answer with examples or with what their scripts choose from")
    func mocks() async throws {
        for (kind, bodies) in [("MOCKED_OAS", ["{\"a\":1}", ""]), ("INLINE", ["scripted", ""]), ("ENDPOINT", [nil, nil])] {
            let fixture = try await PublishingFixture()
            let definition: JSONValue = [
                "openapi": "3.0.3", "info": ["title": "Pizza", "version": "1.0.0"],
                "paths": [
                    "/menu": [
                        "get": [
                            "responses": ["200": ["description": "", "content": ["application/json": ["example": ["a": 1]]]]],
                            "x-mediation-script": "mc.setPayloadJSON('scripted')",
                        ], "delete": ["responses": [:]],
                    ]
                ],
            ]
            var members = PublishingFixture.members(["endpointImplementationType": JSONValue(kind)])
            members["operations"] = nil
            let api = try await fixture.services.definitions.importAPI(
                .bytes(Array(definition.text.utf8)), members, by: .publisher, .test(.publisher))
            _ = try await fixture.deploy(api)
            let compiled = try #require(try await fixture.gatewayAPIs().first)
            #expect(compiled.operations.map { $0.mock?.responses.first?.body } == bodies)
            #expect((compiled.endpointKind == .mock) == (kind != "ENDPOINT"))
        }
    }

    @Test("a script that gateways cannot run is kept, and its deploy refused with the reason")
    func otherScripts() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["endpointImplementationType": "INLINE"])
        let generated = try await fixture.services.mocks.generate(ofAPI: api.id, by: .publisher, .test(.publisher))
        _ = try await fixture.deploy(api)
        var definition = try JSONValue.parse(generated.text)
        definition["paths"]?["/menu"]?["get"]?["x-mediation-script"] = "var x = java.lang.System.exit(1);"
        let kept = try await fixture.services.definitions.replace(
            ofAPI: api.id, with: .bytes(Array(definition.text.utf8)), by: .publisher, .test(.publisher))
        #expect(kept.text.contains("java.lang.System"))
        let before = try await fixture.gatewayAPIs()
        do {
            _ = try await fixture.deploy(api)
            Issue.record("deployed")
        } catch let error as CatalogueError {
            #expect(error.status == 400 && error.description.contains("GET /menu") && error.description.contains("'x'"))
        }
        #expect(try await fixture.gatewayAPIs() == before)
    }
}
