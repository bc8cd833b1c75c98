import Model
import Testing

@testable import GatewayCore

@Suite("Back ends that ask for a credential")
struct ChallengeTests {
    private typealias Scene = EndpointSecurityScene
    private static let digest = GatewayEndpointSecurity.digest(username: "gate", password: GatewaySecret("word"))
    private static let token = GatewayEndpointSecurity.oauth(
        GatewayEndpointOAuth(
            grant: .clientCredentials, tokenURL: "http://issuer/token", clientID: "id", clientSecret: GatewaySecret("s")))
    private static let challenge =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\r\nContent-Length: 4\r\n\r\nnope"

    // MARK: Digest

    @Test("a challenge is answered, the body sent again, and the next request answers it at once")
    func answersChallenge() {
        let scene = Scene(Self.digest)
        let first = scene.sends(
            Scene.request("POST", "/open/a?b=c", "Authorization: Basic x", "Content-Length: 5", body: "hello"))
        #expect(!first.contains("Authorization"))
        #expect(first.hasSuffix("\r\n\r\nhello"))
        scene.connection.toUpstream = ""
        #expect(scene.connection.upstream(Self.challenge) == [.dropUpstream, .acquireUpstream])
        #expect(scene.connection.toClient.isEmpty)
        scene.connection.ready()
        let second = scene.connection.toUpstream
        #expect(second.contains(#"Authorization: Digest username="gate", realm="r", nonce="n1", uri="/base/open/a?b=c", "#))
        #expect(second.contains("nc=00000001, "))
        #expect(second.hasSuffix("\r\n\r\nhello"))
        #expect(scene.connection.upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") == .releaseUpstream)
        #expect(scene.connection.toClient.hasSuffix("\r\n\r\nok"))
        #expect(scene.sends(Scene.request("GET")).contains("nc=00000002, "))
    }

    @Test("a refused answer goes to the client, and is not tried again")
    func givesUp() {
        let scene = Scene(Self.digest)
        _ = scene.sends(Scene.request("GET"))
        scene.connection.upstream(Self.challenge)
        scene.connection.ready()
        #expect(scene.connection.upstream(Self.challenge) == .releaseUpstream)
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 401 "))
        #expect(scene.connection.toClient.hasSuffix("nope"))
    }

    @Test("a back end without challenge is none of the gateway's business")
    func passesOthers() {
        let scene = Scene(Self.digest)
        _ = scene.sends(Scene.request("GET"))
        #expect(scene.connection.upstream("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n") == .releaseUpstream)
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 401 "))
    }

    @Test("a body that is too long to be kept is refused")
    func refusesLongBodies() {
        let scene = Scene(Self.digest) { $0.endpointSecurity.repeatedBodyBytes = 4 }
        scene.connection.client(Scene.request("POST", "/open/a", "Content-Length: 5", body: "hello"))
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 413 "))
    }

    // MARK: Tokens

    @Test("a token is fetched for the first request and serves the others")
    func fetchesToken() async {
        let authority = FakeTokens("one")
        let scene = Scene(Self.token, authority: authority)
        #expect(scene.connection.client(Scene.request("GET", "/open/a", "Authorization: Bearer client")) == .runErrand)
        #expect(await scene.connection.runErrand() == .acquireUpstream)
        scene.connection.ready()
        #expect(scene.connection.toUpstream.hasSuffix("Authorization: Bearer one\r\n\r\n"))
        #expect(!scene.connection.toUpstream.contains("client"))
        scene.connection.upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(scene.sends(Scene.request("GET")).contains("Authorization: Bearer one\r\n"))
        #expect(authority.calls == [nil])
    }

    @Test("without a token nothing goes on")
    func failsClosed() async {
        let scene = Scene(Self.token, authority: FakeTokens())
        scene.connection.client(Scene.request("GET"))
        #expect(await scene.connection.runErrand() == [])
        #expect(scene.connection.toClient.contains(#""code":"303003""#))
        let alone = Scene(Self.token)
        #expect(alone.connection.client(Scene.request("GET")) == [])
        #expect(alone.connection.toClient.contains(#""code":"303003""#))
    }

    @Test("a refused token is replaced and the whole request sent once more")
    func replacesToken() async {
        let authority = FakeTokens("one", "two")
        let scene = Scene(Self.token, authority: authority)
        scene.connection.client(Scene.request("POST", "/open/a", "Content-Length: 5", body: "hello"))
        await scene.connection.runErrand()
        scene.connection.ready()
        #expect(scene.connection.toUpstream.hasSuffix("Authorization: Bearer one\r\n\r\nhello"))
        scene.connection.toUpstream = ""
        #expect(scene.connection.upstream(Self.challenge) == [.dropUpstream, .runErrand])
        #expect(await scene.connection.runErrand() == .acquireUpstream)
        scene.connection.ready()
        #expect(scene.connection.toUpstream.hasSuffix("Authorization: Bearer two\r\n\r\nhello"))
        #expect(!scene.connection.toUpstream.contains("one"))
        #expect(authority.calls == [nil, "one"])
        scene.connection.upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 200 "))
        #expect(scene.connection.connection.isIdle)
    }

    @Test("a request whose body has gone by is not sent again, but the next one has a new token")
    func keepsStreams() async {
        let authority = FakeTokens("one", "two")
        let scene = Scene(Self.token, authority: authority) { $0.endpointSecurity.repeatedBodyBytes = 4 }
        scene.connection.client(Scene.request("POST", "/open/a", "Content-Length: 5", body: "hello"))
        await scene.connection.runErrand()
        scene.connection.ready()
        #expect(scene.connection.upstream(Self.challenge) == .releaseUpstream)
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 401 "))
        #expect(scene.connection.client(Scene.request("GET")) == .runErrand)
        await scene.connection.runErrand()
        scene.connection.ready()
        #expect(scene.connection.toUpstream.hasSuffix("Authorization: Bearer two\r\n\r\n"))
        #expect(authority.calls == [nil, "one"])
    }

    @Test("the setting switches the second try off")
    func doesNotRepeat() async {
        let scene = Scene(Self.token, authority: FakeTokens("one")) { $0.endpointSecurity.repeatsWithNewToken = false }
        scene.connection.client(Scene.request("GET"))
        await scene.connection.runErrand()
        scene.connection.ready()
        #expect(scene.connection.upstream(Self.challenge) == .releaseUpstream)
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 401 "))
    }

    @Test("a token is not used after its time")
    func renews() async {
        let authority = FakeTokens("one", "two")
        let scene = Scene(Self.token, authority: authority)
        scene.connection.client(Scene.request("GET"))
        await scene.connection.runErrand()
        scene.connection.ready()
        scene.connection.upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        scene.connection.milliseconds += 2_000_000
        #expect(scene.connection.client(Scene.request("GET")) == .runErrand)
        #expect(authority.calls.count == 1)
    }

    // MARK: Signatures

    @Test("requests are signed with their body, and the client's own signature does not go on")
    func signs() {
        let scene = Scene(
            .awsSignature(accessKey: "AK", secretKey: GatewaySecret("sk"), region: "eu-west-1", service: "execute-api"))
        let sent = scene.sends(
            Scene.request("POST", "/open/a?b=c", "X-Amz-Date: 19990101T000000Z", "Content-Length: 5", body: "hello"))
        #expect(!sent.contains("1999"))
        #expect(sent.contains("X-Amz-Date: 20231114T"))
        #expect(
            sent.contains(
                "X-Amz-Content-Sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n"))
        #expect(sent.contains("Authorization: AWS4-HMAC-SHA256 Credential=AK/20231114/eu-west-1/execute-api/aws4_request, "))
        #expect(sent.hasSuffix("hello"))
    }

    @Test("a signed request is not sent to another host")
    func staysWithHost() {
        let scene = Scene(
            .awsSignature(accessKey: "AK", secretKey: GatewaySecret("sk"), region: "eu-west-1", service: "x"),
            endpoints: ["http://one", "http://two"])
        scene.connection.client(Scene.request("GET"))
        #expect(scene.connection.fails(.connectFailed) == .dropUpstream)
        #expect(scene.connection.toClient.hasPrefix("HTTP/1.1 500 "))
    }
}
