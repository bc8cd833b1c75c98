import Model
import Testing

@testable import GatewayCore

@Suite("Credentials for back ends that stay the same")
struct FixedCredentialTests {
    private typealias Scene = EndpointSecurityScene
    private static let password = GatewayEndpointSecurity.basic(username: "gate", password: GatewaySecret("p:wörd"))

    @Test("a password replaces what the client sent")
    func sendsPassword() {
        let scene = Scene(Self.password)
        let sent = scene.sends(
            Scene.request("GET", "/open/a", "Authorization: Basic client", "X: 1", "authorization: Bearer x"))
        #expect(
            sent == "GET /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\nX: 1\r\n"
                + "Authorization: Basic Z2F0ZTpwOnfDtnJk\r\n\r\n")
    }

    @Test("a key in a header replaces the client's field of that name")
    func sendsHeader() {
        let scene = Scene(.apiKey(name: "X-Key", place: .header, value: GatewaySecret("k 1")))
        let sent = scene.sends(Scene.request("GET", "/open/a", "x-key: mine", "Authorization: Basic client"))
        #expect(!sent.contains("mine"))
        #expect(sent.hasSuffix("X-Key: k 1\r\n\r\n"))
    }

    @Test(
        "a key in the query replaces every parameter of that name",
        arguments: [
            ("/open/a", "/base/open/a?api-key=a%26b"), ("/open/a?x=1", "/base/open/a?x=1&api-key=a%26b"),
            ("/open/a?api-key=mine&x=1&API%2Dkey=mine", "/base/open/a?x=1&api-key=a%26b"),
            ("/open/a?", "/base/open/a?api-key=a%26b"),
        ])
    func sendsParameter(_ path: String, _ target: String) {
        let scene = Scene(.apiKey(name: "api-key", place: .query, value: GatewaySecret("a&b")))
        #expect(scene.sends(Scene.request("GET", path)).hasPrefix("GET \(target) HTTP/1.1\r\n"))
    }

    @Test("a field that policies have set gives way to the credential")
    func replacesPolicies() {
        let policy = ScriptedPolicy { visit in
            visit.request?.set(.authorization, to: Array("Custom".utf8))
            return .next
        }
        let scene = Scene(
            Self.password, policies: GatewayPolicyFlows(request: PolicyScene.uses("set")),
            source: ScriptedPolicies(policies: ["set": policy]))
        let sent = scene.sends(Scene.request("GET"))
        #expect(!sent.contains("Custom"))
        #expect(sent.contains("Authorization: Basic Z2F0"))
    }

    @Test("a client's field that lies too far behind to be removed is refused")
    func refusesLateFields() {
        let scene = Scene(.apiKey(name: "X-Key", place: .header, value: GatewaySecret("k")))
        let fields = (0..<70).map { "A\($0): 1\r\n" }.joined()
        scene.connection.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\n\(fields)X-Key: mine\r\n\r\n")
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 431 "))
    }

    @Test(
        "without a usable credential nothing goes on",
        arguments: [
            GatewayEndpointSecurity.apiKey(name: "X Key", place: .header, value: GatewaySecret("k")),
            .apiKey(name: "X-Key", place: .header, value: GatewaySecret("a\r\nB: c")),
            .apiKey(name: "", place: .query, value: GatewaySecret("k")),
        ])
    func failsClosed(_ security: GatewayEndpointSecurity) {
        let scene = Scene(security)
        #expect(scene.connection.client(Scene.request("GET")) == [])
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 500 "))
        #expect(scene.connection.toClient.contains(#""code":"303003""#))
    }

    @Test("each key type has its own credential")
    func tellsKeyTypes() throws {
        let fixture = try GatewayFixture()
        fixture.put(
            .api(
                GatewayFixture.api { api in
                    api.production?.security = .basic(username: "p", password: GatewaySecret("p"))
                    api.sandbox?.security = .apiKey(name: "X-Key", place: .header, value: GatewaySecret("sandbox"))
                }))
        let production = try fixture.send("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(GatewayFixture.token())"])
        #expect(production.upstreamHead.contains("Authorization: Basic cDpw\r\n"))
        let token = try GatewayFixture.token(["azp": "sandbox-client", "jti": "token-2"])
        let sandbox = try fixture.send("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(token)"])
        #expect(sandbox.upstreamHead.contains("X-Key: sandbox\r\n"))
        #expect(!sandbox.upstreamHead.contains("Authorization"))
    }

    @Test("the operations of a product send what their own API's back ends want")
    func tellsMembers() throws {
        let fixture = try GatewayFixture()
        func member(_ id: String, _ key: String) -> GatewayProductMember {
            GatewayProductMember(
                apiID: id, name: id, version: "1", endpointKind: .addresses,
                production: GatewayEndpointGroup(
                    strategy: .single, endpoints: [GatewayEndpoint(url: "http://\(id)/")],
                    security: .apiKey(name: "X-Key", place: .header, value: GatewaySecret(key))),
                sandbox: nil, backendThroughput: nil)
        }
        fixture.put(
            .api(
                GatewayFixture.api { api in
                    api.members = [member("one", "first"), member("two", "second")]
                    api.operations = ["/one", "/two"].enumerated().map { index, target in
                        var operation = GatewayOperation(
                            verb: "GET", target: target, authType: "None", policy: "Unlimited", scopes: [])
                        operation.member = index
                        return operation
                    }
                }))
        #expect(try fixture.send("GET /pizza/1.0.0/one").upstreamHead.contains("X-Key: first\r\n"))
        #expect(try fixture.send("GET /pizza/1.0.0/two").upstreamHead.contains("X-Key: second\r\n"))
    }

    @Test("where policies set the destination, it gets the credential; without a destination nothing is sent")
    func followsPolicies() {
        let policy = ScriptedPolicy { visit in
            visit.exchange.upstream = ScriptedConnection.upstream("elsewhere", prefix: "/v2")
            return .next
        }
        let flows = GatewayPolicyFlows(request: PolicyScene.uses("send"))
        let scene = Scene(
            Self.password, endpoints: ["default"], policies: flows, source: ScriptedPolicies(policies: ["send": policy]))
        let sent = scene.sends(Scene.request("GET"))
        #expect(sent.hasPrefix("GET /v2/open/a HTTP/1.1\r\nHost: elsewhere:80\r\n"))
        #expect(sent.contains("Authorization: Basic Z2F0"))
        let lost = Scene(Self.password, endpoints: ["default"])
        #expect(lost.connection.client(Scene.request("GET")) == [])
        #expect(lost.connection.toClient.hasPrefix("HTTP/1.1 403 "))
    }

    @Test(
        "a policy that sends calls elsewhere takes the credential only to servers of the API",
        arguments: [
            ("http://backend:9000/other", true), ("http://backend:9000", true), ("http://BACKEND:9000/", true),
            ("http://second/", true), ("http://second:80/a", true), ("https://backend:9000/", false),
            ("http://backend:9001/", false), ("http://backend/", false), ("http://backend.example:9000/", false),
            ("https://second/", false),
        ])
    func staysWithServers(_ url: String, _ isEntitled: Bool) {
        let policy = ScriptedPolicy { visit in
            visit.redirect(to: url) ? .next : .refused(.unknownResource)
        }
        let flows = GatewayPolicyFlows(request: PolicyScene.uses("send"))
        let scene = Scene(
            Self.password, endpoints: ["http://backend:9000/base", "http://second/v1"], policies: flows,
            source: ScriptedPolicies(policies: ["send": policy]))
        let sent = scene.sends(Scene.request("GET", "/open/a", "X: 1"))
        #expect(sent.contains("\r\nX: 1\r\n"))
        #expect(sent.contains("Authorization: Basic Z2F0") == isEntitled)
    }

    @Test("no other kind of credential goes to a foreign server either, and its challenges are not answered")
    func keepsAllKinds() {
        let kinds: [GatewayEndpointSecurity] = [
            .apiKey(name: "key", place: .query, value: GatewaySecret("secret")),
            .digest(username: "gate", password: GatewaySecret("secret")),
            .oauth(
                GatewayEndpointOAuth(
                    grant: .clientCredentials, tokenURL: "http://issuer/token", clientID: "id",
                    clientSecret: GatewaySecret("s"))),
            .awsSignature(accessKey: "AK", secretKey: GatewaySecret("sk"), region: "eu-west-1", service: "x"),
        ]
        let policy = ScriptedPolicy { visit in visit.redirect(to: "http://elsewhere") ? .next : .refused(.unknownResource) }
        for kind in kinds {
            let scene = Scene(
                kind, policies: GatewayPolicyFlows(request: PolicyScene.uses("send")),
                source: ScriptedPolicies(policies: ["send": policy]))
            let sent = scene.sends(Scene.request("GET"))
            #expect(sent == "GET /open/a HTTP/1.1\r\nHost: elsewhere\r\nactivityid: 1\r\n\r\n")
            let challenge = "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
            #expect(scene.connection.upstream(challenge + "Content-Length: 0\r\n\r\n") == .releaseUpstream)
        }
    }
}
