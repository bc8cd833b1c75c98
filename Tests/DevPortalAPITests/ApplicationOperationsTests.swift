import Documents
import Testing

@testable import DevPortalAPI

@Suite("Applications and keys of the developer portal's contract")
struct ApplicationOperationsTests {
    @Test("an application is created, read, changed and deleted")
    func lifeCycle() async throws {
        let fixture = try await DevPortalFixture()
        let created = await fixture.call(
            "POST", "/applications",
            [
                "name": "Shop", "throttlingPolicy": "10PerMin", "description": "d", "attributes": ["a": "b"], "groups": [],
                "owner": "somebody", "applicationId": "mine",
            ])
        #expect(created.status == 201)
        let id = try #require(created.json["applicationId"]?.string)
        #expect(id != "mine")
        #expect(created.json["owner"] == "admin")
        #expect(created.json["status"] == "APPROVED")
        #expect(created.json["tokenType"] == "JWT")
        #expect(created.json["attributes"] == ["a": "b"])
        #expect(created.header("location")?.hasSuffix("/applications/\(id)") == true)
        #expect(await fixture.call("GET", "/applications/\(id)").json["name"] == "Shop")
        let changed = await fixture.call(
            "PUT", "/applications/\(id)", ["name": "Store", "throttlingPolicy": "20PerMin"])
        #expect(changed.json["name"] == "Store")
        #expect(changed.json["throttlingPolicy"] == "20PerMin")
        #expect(await fixture.call("DELETE", "/applications/\(id)").status == 200)
        #expect(await fixture.call("GET", "/applications/\(id)").status == 404)
    }

    @Test("lists have pages with links")
    func list() async throws {
        let fixture = try await DevPortalFixture()
        for name in ["c", "a", "b"] { _ = try await fixture.application(name) }
        let answer = await fixture.call("GET", "/applications?limit=2&offset=0&sortBy=name&sortOrder=desc")
        #expect(answer.json["list"]?.array?.compactMap { $0["name"]?.string } == ["c", "b"])
        #expect(answer.json["pagination"]?["total"] == 3)
        #expect(answer.json["pagination"]?["next"]?.string?.contains("offset=2") == true)
        #expect(await fixture.call("GET", "/applications?sortBy=owner").status == 400)
        #expect(await fixture.call("GET", "/applications?limit=many").status == 400)
        #expect(await fixture.call("GET", "/applications?query=B").json["count"] == 1)
        #expect(await fixture.call("GET", "/applications", as: "kim").json["count"] == 0)
    }

    @Test(
        "broken bodies are refused",
        arguments: [
            [:], ["name": "Shop"], ["name": "Shop", "throttlingPolicy": "Nonsense"],
            ["name": " Shop", "throttlingPolicy": "Unlimited"],
            ["name": "Shop", "throttlingPolicy": "Unlimited", "unknown": 1],
            ["name": "Shop", "throttlingPolicy": "Unlimited", "tokenType": "SAML"],
            ["name": ["Shop"], "throttlingPolicy": "Unlimited"],
            ["name": "Shop", "throttlingPolicy": "Unlimited", "attributes": ["a": ["b"]]],
        ] as [JSONValue])
    func broken(body: JSONValue) async throws {
        let fixture = try await DevPortalFixture()
        let answer = await fixture.call("POST", "/applications", body)
        #expect(answer.status == 400)
        #expect(answer.json["description"]?.string?.isEmpty == false)
    }

    @Test("malformed JSON is refused", arguments: ["", "{", "[]", "null", "\u{feff}nonsense"])
    func malformed(text: String) async throws {
        let fixture = try await DevPortalFixture()
        let answer = await fixture.client.send(
            "POST", "\(DevPortalFixture.base)/applications", headers: [("Content-Type", "application/json")],
            body: Array(text.utf8))
        #expect(answer.status == 400)
    }

    @Test("a name that is taken is refused")
    func duplicate() async throws {
        let fixture = try await DevPortalFixture()
        _ = try await fixture.application()
        let answer = await fixture.call("POST", "/applications", ["name": "Shop", "throttlingPolicy": "Unlimited"])
        #expect(answer.status == 409)
        #expect(answer.code == 900301)
    }

    @Test("keys are generated, listed, changed, renewed and forgotten", arguments: ["oauth-keys", "keys"])
    func keys(family: String) async throws {
        let fixture = try await DevPortalFixture()
        let id = try await fixture.application()
        let generated = await fixture.call(
            "POST", "/applications/\(id)/generate-keys",
            [
                "keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "password"], "callbackUrl": "",
                "validityTime": "120", "scopes": ["default"],
                "additionalProperties": ["user_access_token_expiry_time": "60", "pkceMandatory": "false"],
            ])
        #expect(generated.status == 200)
        #expect(generated.json["token"]?["validityTime"] == 120)
        #expect(generated.json["mode"] == "CREATED")
        #expect(generated.json["additionalProperties"]?["user_access_token_expiry_time"] == "60")
        let mapping = try #require(generated.json["keyMappingId"]?.string)
        let path = "/applications/\(id)/\(family)/\(family == "keys" ? "PRODUCTION" : mapping)"
        let found = await fixture.call("GET", path)
        #expect(found.json["consumerKey"] == generated.json["consumerKey"])
        #expect(found.json["consumerSecret"] == generated.json["consumerSecret"])
        #expect(await fixture.call("GET", "/applications/\(id)/\(family)").json["count"] == 1)
        #expect(await fixture.call("GET", "/applications/\(id)").json["keys"]?.array?.count == 1)
        let changed = await fixture.call(
            "PUT", path, ["supportedGrantTypes": ["client_credentials"], "callbackUrl": "https://a.example"])
        #expect(changed.json["supportedGrantTypes"] == ["client_credentials"])
        #expect(changed.json["callbackUrl"] == "https://a.example")
        let token = await fixture.call("POST", "\(path)/generate-token", ["validityPeriod": 30, "scopes": []])
        #expect(token.json["validityTime"] == 30)
        let renewed = await fixture.call("POST", "\(path)/regenerate-secret")
        #expect(renewed.json["consumerKey"] == generated.json["consumerKey"])
        #expect(renewed.json["consumerSecret"] != generated.json["consumerSecret"])
        #expect(await fixture.call("POST", "\(path)/clean-up").status == 200)
        #expect(await fixture.call("GET", path).code == 900331)
    }

    @Test(
        "broken key requests are refused",
        arguments: [
            (["keyType": "TEST", "grantTypesToBeSupported": []], 400), (["grantTypesToBeSupported": []], 400),
            (["keyType": "SANDBOX"], 400),
            (["keyType": "SANDBOX", "grantTypesToBeSupported": ["authorization_code"]], 400),
            (["keyType": "SANDBOX", "grantTypesToBeSupported": ["password"], "keyManager": "Elsewhere"], 901403),
            (["keyType": "SANDBOX", "grantTypesToBeSupported": ["password"], "validityTime": "soon"], 901410),
            (
                [
                    "keyType": "SANDBOX", "grantTypesToBeSupported": ["password"],
                    "additionalProperties": ["id_token_expiry_time": "-4"],
                ], 901410
            ),
        ] as [(JSONValue, Int)])
    func brokenKeys(body: JSONValue, code: Int) async throws {
        let fixture = try await DevPortalFixture()
        let id = try await fixture.application()
        let answer = await fixture.call("POST", "/applications/\(id)/generate-keys", body)
        #expect(answer.status == 400)
        #expect(answer.code == code)
    }

    @Test("API keys are made and revoked")
    func apiKeys() async throws {
        let fixture = try await DevPortalFixture()
        let id = try await fixture.application()
        let path = "/applications/\(id)/api-keys/SANDBOX"
        let key = await fixture.call(
            "POST", "\(path)/generate", ["validityPeriod": 60, "additionalProperties": ["permittedIP": "10.0.0.0/8"]])
        #expect(key.json["validityTime"] == 60)
        let lasting = await fixture.call("POST", "\(path)/generate", ["validityPeriod": -1])
        #expect(lasting.json["validityTime"] == -1)
        let body: JSONValue = ["apikey": key.json["apikey"] ?? ""]
        #expect(await fixture.call("POST", "\(path)/revoke", body).status == 200)
        #expect(await fixture.call("POST", "\(path)/revoke", ["apikey": "nonsense"]).status == 400)
        #expect(await fixture.call("POST", "\(path)/revoke", [:]).status == 400)
        #expect(
            await fixture.call("POST", "\(path)/generate", ["additionalProperties": ["permittedIP": "here"]]).status == 400)
    }

    @Test(
        "another user gets 403, another tenant 404, nobody 401, a wrong scope 403",
        arguments: [
            ("kim", 403), ("root", 404), ("", 401), ("publisher", 403), ("forged", 401),
        ])
    func foreign(name: String, status: Int) async throws {
        let fixture = try await DevPortalFixture()
        let id = try await fixture.application()
        _ = await fixture.call(
            "POST", "/applications/\(id)/generate-keys",
            ["keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]])
        let application: JSONValue = ["name": "Mine", "throttlingPolicy": "Unlimited"]
        let requests: [(String, String, JSONValue?)] = [
            ("GET", "", nil), ("PUT", "", application), ("DELETE", "", nil), ("GET", "/keys", nil), ("GET", "/oauth-keys", nil),
            ("POST", "/keys/PRODUCTION/regenerate-secret", nil), ("POST", "/keys/PRODUCTION/generate-token", [:]),
            ("POST", "/keys/PRODUCTION/clean-up", nil), ("POST", "/api-keys/PRODUCTION/generate", [:]),
            ("POST", "/generate-keys", ["keyType": "SANDBOX", "grantTypesToBeSupported": ["password"]]),
        ]
        for (method, path, body) in requests {
            let answer = await fixture.client.with(authorization: name.isEmpty ? nil : "Bearer \(name)").send(
                method, "\(DevPortalFixture.base)/applications/\(id)\(path)",
                headers: body == nil ? [] : [("Content-Type", "application/json")], body: body?.serialized() ?? [])
            #expect(answer.status == status, "\(method) \(path)")
        }
        #expect(await fixture.call("GET", "/applications/\(id)/keys").json["count"] == 1)
    }

    @Test("a user's first call makes the first application")
    func welcome() async throws {
        let fixture = try await DevPortalFixture(createsDefaultApplication: true)
        let listed = await fixture.call("GET", "/applications", as: "kim")
        #expect(listed.json["list"]?[0]?["name"] == "DefaultApplication")
        #expect(await fixture.call("GET", "/applications", as: "root").json["count"] == 1)
    }
}
