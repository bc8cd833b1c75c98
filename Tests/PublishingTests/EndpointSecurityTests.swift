import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Endpoint security")
struct EndpointSecurityTests {
    private static func endpointConfig(_ production: JSONValue, _ sandbox: JSONValue = ["enabled": false]) -> JSONValue {
        [
            "endpoint_type": "http", "production_endpoints": ["url": "http://a"], "sandbox_endpoints": ["url": "http://b"],
            "endpoint_security": ["production": production, "sandbox": sandbox],
        ]
    }

    /// What gateways get of an API with this security, for production and for sandbox.
    private func compiled(
        _ production: JSONValue, _ sandbox: JSONValue = ["enabled": false]
    ) async throws -> (production: GatewayEndpointSecurity?, sandbox: GatewayEndpointSecurity?) {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["endpointConfig": Self.endpointConfig(production, sandbox)])
        _ = try await fixture.deploy(api)
        let found = try #require(try await fixture.gatewayAPIs().first)
        return (found.production?.security, found.sandbox?.security)
    }

    @Test("production and sandbox have their own credentials")
    func apart() async throws {
        let found = try await compiled(
            ["enabled": true, "type": "BASIC", "username": "kim", "password": "p:w"],
            ["enabled": true, "type": "digest", "username": "lee", "password": "other"])
        #expect(found.production == .basic(username: "kim", password: GatewaySecret("p:w")))
        #expect(found.sandbox == .digest(username: "lee", password: GatewaySecret("other")))
    }

    @Test("keys and signatures name their place")
    func keys() async throws {
        let found = try await compiled(
            [
                "enabled": true, "type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyIdentifierType": "QUERY_PARAMETER",
                "apiKeyValue": "k",
            ],
            ["enabled": true, "type": "aws", "accessKey": "AK", "secretKey": "s", "region": "eu", "service": "execute-api"])
        #expect(found.production == .apiKey(name: "X-Key", place: .query, value: GatewaySecret("k")))
        #expect(
            found.sandbox
                == .awsSignature(accessKey: "AK", secretKey: GatewaySecret("s"), region: "eu", service: "execute-api"))
    }

    @Test("token requests carry grant, client, parameters and proxy")
    func oauth() async throws {
        let found = try await compiled(
            [
                "enabled": true, "type": "OAUTH", "grantType": "PASSWORD", "tokenUrl": "https://idp.example.com/token",
                "clientId": "c", "clientSecret": "cs", "username": "kim", "password": "pw",
                "customParameters": ["scope": "read", "key": ["value": "hidden", "secured": true]],
                "connectionTimeoutDuration": 900,
                "proxyConfigs": [
                    "proxyEnabled": true, "proxyHost": "proxy", "proxyPort": "3128", "proxyUsername": "u",
                    "proxyPassword": "pp", "proxyProtocol": "http",
                ],
            ],
            [
                "enabled": true, "type": "oauth", "grantType": "CLIENT_CREDENTIALS", "tokenUrl": "http://idp.example.com/t",
                "clientId": "d", "clientSecret": "ds", "customParameters": "{}",
            ])
        #expect(
            found.production
                == .oauth(
                    GatewayEndpointOAuth(
                        grant: .password(username: "kim", password: GatewaySecret("pw")),
                        tokenURL: "https://idp.example.com/token", clientID: "c", clientSecret: GatewaySecret("cs"),
                        parameters: [
                            .init(name: "scope", value: GatewaySecret("read")),
                            .init(name: "key", value: GatewaySecret("hidden")),
                        ], timeoutMilliseconds: 900,
                        proxy: GatewayProxy(
                            host: "proxy", port: 3128, isTLS: false, username: "u", password: GatewaySecret("pp")))))
        #expect(
            found.sandbox
                == .oauth(
                    GatewayEndpointOAuth(
                        grant: .clientCredentials, tokenURL: "http://idp.example.com/t", clientID: "d",
                        clientSecret: GatewaySecret("ds"))))
    }

    @Test("security that is off, or of type NONE, compiles to nothing")
    func off() async throws {
        let found = try await compiled(["enabled": false, "type": "BASIC"], ["enabled": true, "type": "NONE"])
        #expect(found.production == nil && found.sandbox == nil)
    }

    @Test(
        "half a credential is refused",
        arguments: [
            (["type": "BASIC"], 902000), (["type": "DIGEST", "username": ""], 902000), (["type": "kerberos"], 903213),
            ([:], 903214), (["type": "OAUTH", "grantType": "CLIENT_CREDENTIALS", "clientId": "c"], 902000),
            (["type": "OAUTH", "grantType": "implicit", "clientId": "c", "tokenUrl": "https://a.example/t"], 902000),
            (["type": "OAUTH", "grantType": "PASSWORD", "clientId": "c", "tokenUrl": "https://a.example/t"], 902000),
            (
                [
                    "type": "OAUTH", "grantType": "CLIENT_CREDENTIALS", "clientId": "c",
                    "tokenUrl": "http://169.254.169.254/latest",
                ], 902000
            ),
            (
                [
                    "type": "OAUTH", "grantType": "CLIENT_CREDENTIALS", "clientId": "c", "tokenUrl": "https://a.example/t",
                    "customParameters": "no JSON",
                ], 902000
            ),
            (["type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyIdentifierType": "COOKIE"], 902000),
            (["type": "apikey", "apiKeyIdentifier": "X-Key\r\nEvil: 1"], 902000), (["type": "aws", "accessKey": "A"], 902000),
        ] as [(JSONValue, Int)])
    func refused(_ members: JSONValue, _ expected: Int) async throws {
        let fixture = try await PublishingFixture()
        var entry = members
        entry["enabled"] = true
        let config = Self.endpointConfig(entry)
        #expect(try await code { _ = try await fixture.create(["endpointConfig": config]) } == expected)
    }

    @Test("what gateways learn lies sealed in the database, and a client that sends no secret keeps it")
    func sealed() async throws {
        let fixture = try await PublishingFixture()
        let entry: JSONValue = ["enabled": true, "type": "BASIC", "username": "kim", "password": "0pen-sesame"]
        let api = try await fixture.create(["endpointConfig": Self.endpointConfig(entry)])
        #expect(api.endpointConfig?["endpoint_security"]?["production"]?["password"] == "")
        var members = api.document
        members["description"] = "changed"
        let changed = try await fixture.services.apis.update(
            api.id, to: members, by: .publisher, .test(.publisher))
        _ = try await fixture.deploy(changed)
        let found = try #require(try await fixture.gatewayAPIs().first)
        #expect(found.production?.security == .basic(username: "kim", password: GatewaySecret("0pen-sesame")))
        let rows = try await fixture.store.read { try $0.query("SELECT value, sealed FROM gateway_entity") }
        #expect(rows.count == 1 && rows.allSatisfy { $0.optionalText("value") == "" })
        #expect(rows.allSatisfy { $0.optionalText("sealed")?.contains("0pen-sesame") == false })
    }
}
