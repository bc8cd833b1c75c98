import GatewayCore
import Logging
import Model
import OutgoingHTTP
import Synchronization
import Testing

@testable import BackendAccess

@Suite("Tokens for back ends")
struct EndpointTokenFetcherTests {
    /// A token endpoint that answers in turn, and keeps what it was asked.
    private final class TokenEndpoint: Sendable {
        struct State {
            var answers: [(Int, String)]
            var requests: [(request: OutgoingRequest, route: OutgoingRoute)] = []
            var milliseconds: Int64 = 1_700_000_000_000
        }

        let state: Mutex<State>

        init(_ answers: (Int, String)...) { state = Mutex(State(answers: answers)) }

        var count: Int { state.withLock { $0.requests.count } }
        var requests: [OutgoingRequest] { state.withLock { $0.requests.map(\.request) } }
        func pass(_ milliseconds: Int64) { state.withLock { $0.milliseconds += milliseconds } }

        var fetcher: EndpointTokenFetcher {
            EndpointTokenFetcher(
                defaultSeconds: 100, time: TimeSource { self.state.withLock { $0.milliseconds } }, logger: Logger(label: "test")
            ) { request, route in
                await Task.yield()
                return self.state.withLock { state in
                    state.requests.append((request, route))
                    let (status, text) = state.answers.isEmpty ? (503, "") : state.answers.removeFirst()
                    return (status, Array(text.utf8))
                }
            }
        }
    }

    private func source(
        _ grant: GatewayEndpointOAuth.Grant = .clientCredentials, parameters: [GatewayEndpointOAuth.Parameter] = []
    ) -> EndpointTokenSource {
        EndpointTokenSource(
            id: 1, tenant: -1234,
            definition: GatewayEndpointOAuth(
                grant: grant, tokenURL: "https://issuer.example/token", clientID: "my id", clientSecret: GatewaySecret("s:1"),
                parameters: parameters))
    }

    private func token(_ fetcher: EndpointTokenFetcher, refused: String? = nil) async throws -> String {
        try await fetcher.token(from: source(), refused: refused, trust: UpstreamTrustDirectory()).value
    }

    @Test("the client asks with its secret and what else the API says")
    func asks() async throws {
        let endpoint = TokenEndpoint((200, #"{"access_token":"t","expires_in":"3600"}"#))
        let parameters = [GatewayEndpointOAuth.Parameter(name: "scope", value: GatewaySecret("a b"))]
        let token = try await endpoint.fetcher.token(
            from: source(.password(username: "kim", password: GatewaySecret("p&w")), parameters: parameters), refused: nil,
            trust: UpstreamTrustDirectory())
        #expect(token.renewalMilliseconds == 1_700_000_000_000 + 3_570_000)
        let request = try #require(endpoint.requests.first)
        #expect(String(decoding: request.body, as: UTF8.self) == "grant_type=password&username=kim&password=p%26w&scope=a%20b")
        #expect(request.headers.first { $0.name == "Authorization" }?.value == "Basic bXklMjBpZDpzJTNBMQ==")
    }

    @Test("many requests at once ask once, and a token serves until shortly before its end")
    func sharesToken() async throws {
        let endpoint = TokenEndpoint((200, #"{"access_token":"one"}"#), (200, #"{"access_token":"two"}"#))
        let fetcher = endpoint.fetcher
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await self.token(fetcher) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(tokens == ["one"])
        endpoint.pass(89_999)
        #expect(try await token(fetcher) == "one")
        endpoint.pass(1)
        #expect(try await token(fetcher) == "two")
        #expect(endpoint.count == 2)
    }

    @Test("a refused token is replaced once, however many loops report it")
    func replacesOnce() async throws {
        let endpoint = TokenEndpoint((200, #"{"access_token":"one"}"#), (200, #"{"access_token":"two"}"#))
        let fetcher = endpoint.fetcher
        #expect(try await token(fetcher) == "one")
        #expect(try await token(fetcher, refused: "one") == "two")
        #expect(try await token(fetcher, refused: "one") == "two")
        #expect(endpoint.count == 2)
    }

    @Test(
        "what is no token fails, and is not asked for again within the second",
        arguments: [
            (400, #"{"error":"invalid_client"}"#), (200, "no json"), (200, "{}"), (200, #"{"access_token":""}"#),
            (200, #"{"access_token":"a b"}"#), (200, #"{"access_token":7}"#), (302, ""),
        ])
    func fails(_ status: Int, _ body: String) async throws {
        let endpoint = TokenEndpoint((status, body), (200, #"{"access_token":"good"}"#))
        let fetcher = endpoint.fetcher
        await #expect(throws: EndpointTokenError.self) { try await self.token(fetcher) }
        await #expect(throws: EndpointTokenError.failedMomentsAgo) { try await self.token(fetcher) }
        #expect(endpoint.count == 1)
        endpoint.pass(1_000)
        #expect(try await token(fetcher) == "good")
    }

    @Test("lifetimes that make no sense are the default", arguments: ["-5", "0", "1e300", "\"soon\"", "null"])
    func defaultsLifetime(_ lifetime: String) async throws {
        let endpoint = TokenEndpoint((200, #"{"access_token":"t","expires_in":\#(lifetime)}"#))
        let token = try await endpoint.fetcher.token(from: source(), refused: nil, trust: UpstreamTrustDirectory())
        #expect(token.renewalMilliseconds == 1_700_000_000_000 + 90_000)
    }
}
