import ContractRouter
import Documents
import Model
import Testing

@testable import IdentityAPI

@Suite("OAuth2 over HTTP")
struct OAuthRoutesTests {
    private static let form: JSONObject = JSONObject([
        ("grant_type", "password"), ("username", "admin"), ("password", .string(TestServer.password)),
        ("scope", "apim:api_view openid"),
    ])

    @Test("a form and a JSON body get the same kind of answer", arguments: [true, false])
    func bodies(_ asForm: Bool) async throws {
        let server = try await TestServer()
        let client = try await server.clientAuthorization()
        let body: APIRequest.Body = asForm ? .form(Self.form) : .json(.object(Self.form))
        let answer = try await server.send("POST", "/oauth2/token", authorization: client, body: body)
        #expect(answer.status == 200)
        #expect(
            answer.json.object?.names
                == ["access_token", "refresh_token", "scope", "id_token", "token_type", "expires_in"])
        #expect(answer.json["scope"] == "apim:api_view openid")
        #expect(answer.json["token_type"] == "Bearer")
        #expect(answer.json["expires_in"] == 3600)
        #expect(answer.header("cache-control") == "no-store")
        #expect(answer.header("pragma") == "no-cache")
    }

    @Test("a wrong client is challenged")
    func challenge() async throws {
        let server = try await TestServer()
        let answer = try await server.send(
            "POST", "/oauth2/token", authorization: TestServer.basic("nobody", "x"), body: .form(Self.form))
        #expect(answer.status == 401)
        #expect(answer.json["error"] == "invalid_client")
        #expect(answer.json["error_description"] == "A valid OAuth client could not be found for client_id: nobody")
        #expect(answer.header("www-authenticate")?.hasPrefix("Basic realm=") == true)
    }

    struct BadBody: Sendable {
        var body: APIRequest.Body
        var description: String
    }

    @Test(
        "bodies that cannot be a token request are refused",
        arguments: [
            BadBody(
                body: .form(JSONObject([("grant_type", ["password", "password"])])),
                description: "Invalid request with repeated parameters."),
            BadBody(
                body: .json(["grant_type": ["a": "b"]]), description: "Invalid request with nested parameters."),
            BadBody(body: .json([1, 2]), description: "Missing parameters: grant_type"),
            BadBody(body: .none, description: "Missing parameters: grant_type"),
            BadBody(body: .bytes([0xff, 0], contentType: "text/plain"), description: "Missing parameters: grant_type"),
        ])
    func badBodies(_ bad: BadBody) async throws {
        let server = try await TestServer()
        let answer = try await server.send("POST", "/oauth2/token", body: bad.body)
        #expect(answer.status == 400)
        #expect(answer.json == ["error": "invalid_request", "error_description": .string(bad.description)])
    }

    @Test("secrets in the query string are refused")
    func sensitiveQuery() async throws {
        let server = try await TestServer()
        let answer = try await server.send(
            "POST", "/oauth2/token", query: JSONObject([("password", "x")]),
            body: .form(JSONObject([("grant_type", "password")])))
        #expect(answer.json["error_description"] == "Invalid request with sensitive data in the URL.")
    }

    @Test("revoke, then introspect says inactive")
    func revocation() async throws {
        let server = try await TestServer()
        let client = try await server.clientAuthorization()
        let issued = try await server.send("POST", "/oauth2/token", authorization: client, body: .form(Self.form)).json
        let token = JSONObject([("token", issued["access_token"] ?? .null)])
        let before = try await server.send(
            "POST", "/oauth2/introspect", authorization: TestServer.administrator, body: .form(token)
        ).json
        #expect(before["active"] == true)
        #expect(before["username"] == "admin@carbon.super")
        #expect(before["scope"] == "apim:api_view openid")
        #expect(before["aut"] == "APPLICATION_USER")
        #expect(before["iss"] == "https://localhost:9443/oauth2/token")
        let answer = try await server.send("POST", "/oauth2/revoke", authorization: client, body: .form(token))
        #expect(answer.status == 200)
        #expect(answer.header("revokedaccesstoken") == before["jti"]?.string)
        #expect(answer.header("authorizeduser") == "admin@carbon.super")
        let after = try await server.send(
            "POST", "/oauth2/introspect", authorization: TestServer.administrator, body: .form(token))
        #expect(after.json == ["active": false])
        let again = try await server.send("POST", "/oauth2/revoke", authorization: client, body: .form(token))
        #expect(again.status == 200)
        #expect(again.header("revokedaccesstoken") == nil)
    }

    @Test(
        "introspection of anything else says inactive",
        arguments: ["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.", "..", String(repeating: "x", count: 40_000)])
    func introspectGarbage(_ token: String) async throws {
        let server = try await TestServer()
        let answer = try await server.send(
            "POST", "/oauth2/introspect", authorization: TestServer.administrator,
            body: .form(JSONObject([("token", .string(token))])))
        #expect(answer.json == ["active": false])
    }

    @Test("introspection needs a token and an administrator")
    func introspectRules() async throws {
        let server = try await TestServer()
        let blank = try await server.send("POST", "/oauth2/introspect", authorization: TestServer.administrator)
        #expect(blank.status == 400)
        #expect(blank.json == ["error": "Invalid input"])
        try await server.makeUser("kim")
        let refused = try await server.send(
            "POST", "/oauth2/introspect", authorization: TestServer.basic("kim", "kim-password"),
            body: .form(JSONObject([("token", "x")])))
        #expect(refused.status == 403)
    }

    @Test("userinfo releases claims by scope")
    func userInfo() async throws {
        let server = try await TestServer()
        try await server.makeUser("kim")
        let client = try await server.clientAuthorization()
        let issued = try await server.token(client, user: "kim", password: "kim-password", scope: "openid email profile")
        let answer = try await server.send("GET", "/oauth2/userinfo", authorization: "Bearer \(issued)")
        #expect(answer.json["email"] == "kim@example.org")
        #expect(answer.json["given_name"] == "Kim")
        #expect(answer.json["preferred_username"] == "kim")
        let bare = try await server.token(client, user: "kim", password: "kim-password", scope: "openid")
        let less = try await server.send("GET", "/oauth2/userinfo", authorization: "Bearer \(bare)")
        #expect(less.json.object?.names == ["sub"])
    }

    struct UserInfoRefusal: Sendable {
        var authorization: String?
        var status: Int
        var error: String
    }

    @Test(
        "userinfo refuses",
        arguments: [
            UserInfoRefusal(authorization: nil, status: 400, error: "invalid_request"),
            UserInfoRefusal(authorization: "Bearer nothing", status: 401, error: "invalid_token"),
        ])
    func userInfoRefusals(_ refusal: UserInfoRefusal) async throws {
        let server = try await TestServer()
        let answer = try await server.send("GET", "/oauth2/userinfo", authorization: refusal.authorization)
        #expect(answer.status == refusal.status)
        #expect(answer.json["error"] == .string(refusal.error))
        #expect(answer.header("www-authenticate") == "Bearer error=\"\(refusal.error)\"")
    }

    @Test("userinfo needs the openid scope")
    func userInfoScope() async throws {
        let server = try await TestServer()
        let token = try await server.token(
            try await server.clientAuthorization(), user: "admin", password: TestServer.password, scope: "email")
        let answer = try await server.send("GET", "/oauth2/userinfo", authorization: "Bearer \(token)")
        #expect(answer.status == 403)
        #expect(answer.json["error"] == "insufficient_scope")
    }

    @Test("discovery names the tenant's endpoints, and only two spellings lead to it")
    func discovery() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        let own = try await server.send("GET", "/oauth2/token/.well-known/openid-configuration").json
        #expect(own["issuer"] == "https://localhost:9443/oauth2/token")
        #expect(own["jwks_uri"] == "https://localhost:9443/oauth2/jwks")
        let theirs = try await server.send("GET", "/t/example.com/oauth2/oidcdiscovery/.well-known/openid-configuration").json
        #expect(theirs["issuer"] == "https://localhost:9443/t/example.com/oauth2/token")
        let wrong = try await server.send("GET", "/oauth2/other/.well-known/openid-configuration")
        #expect(wrong.status == 400)
        let keys = try await server.send("GET", "/t/example.com/oauth2/jwks").json["keys"]?[0]
        #expect(keys?["kty"] == "RSA")
        #expect(keys?["e"] == "AQAB")
        #expect(keys?["kid"]?.string?.hasSuffix("_RS256") == true)
    }
}

extension TestServer {
    /// A user without roles, with a name and an e-mail address.
    @discardableResult
    func makeUser(_ name: String, tenantPath: String = "", authorization: String = administrator) async throws -> String {
        let answer = try await send(
            "POST", tenantPath + "/scim2/Users", authorization: authorization,
            body: .json([
                "userName": .string(name), "password": .string("\(name)-password"),
                "name": ["givenName": .string(name.capitalized), "familyName": "Lee"],
                "emails": [["value": .string("\(name)@example.org"), "primary": true]],
            ]))
        guard answer.status == 201, let id = answer.json["id"]?.string else { throw MissingValue() }
        return id
    }

    func token(_ client: String, user: String, password: String, scope: String) async throws -> String {
        let answer = try await send(
            "POST", "/oauth2/token", authorization: client,
            body: .form(
                JSONObject([
                    ("grant_type", "password"), ("username", .string(user)), ("password", .string(password)),
                    ("scope", .string(scope)),
                ])))
        guard let token = answer.json["access_token"]?.string else { throw MissingValue() }
        return token
    }
}
