import Documents
import GatewayCore
import Model
import Synchronization
import Testing
import Tokens

@testable import GatewayPolicies

@Suite("Policies of tokens")
struct TokenPolicyTests {
    private static let signer = Result {
        JWTSigner(key: try SigningKey.generate(commonName: "test", nowMilliseconds: 1_700_000_000_000))
    }
    private static let issuer = "https://localhost:9443/oauth2/token"

    private func bench(
        _ use: GatewayPolicyUse, configure: (inout PolicyServices) -> Void = { _ in }
    ) throws -> PolicyBench {
        let keySet = JSONWebKeySet(keys: [try Self.signer.get().key.jsonWebKey]).text
        let manager = GatewayKeyManager(
            tenant: -1234, name: GatewayKeyManager.residentName, issuer: Self.issuer, keySet: keySet)
        return PolicyBench(
            GatewayPolicyFlows(request: [use]), authType: "Any", entities: [.keyManager(manager)], configure: configure)
    }

    private func token(_ claims: JSONValue) throws -> String {
        var all: JSONValue = [
            "sub": "kim", "azp": "client", "iss": .string(Self.issuer), "exp": 1_700_003_600, "iat": 1_700_000_000,
            "jti": "token-1",
        ]
        for (name, value) in claims.object ?? JSONObject() { all[name] = value }
        return "Authorization: Bearer " + (try Self.signer.get().sign(claims: all))
    }

    private func outcome(_ parameters: [String: String], _ claims: JSONValue) async throws -> String {
        let bench = try bench(PolicyBench.use("jwtClaimBasedAccessValidator", "v1", parameters))
        await bench.send("GET", "/orders/5", [try token(claims)])
        return bench.toUpstream.isEmpty ? bench.status + (bench.toClient.contains("900913") ? " absent" : "") : "passed"
    }

    @Test("a claim's value decides, by comparison or by expression, and the other way round")
    func claims() async throws {
        let value = ["accessVerificationClaim": "aut", "accessVerificationClaimValue": "APPLICATION"]
        #expect(try await outcome(value, ["aut": "APPLICATION"]) == "passed")
        #expect(try await outcome(value, ["aut": "APPLICATION_USER"]) == "403")
        #expect(try await outcome(value, [:]) == "403 absent")
        #expect(try await outcome(value, ["aut": ["X", "APPLICATION"]]) == "passed")
        let pattern = value.merging(["accessVerificationClaimValueRegex": "APP.*"]) { $1 }
        #expect(try await outcome(pattern, ["aut": "APPLICATION_USER"]) == "passed")
        #expect(try await outcome(pattern, ["aut": "MY_APP"]) == "403")
        let inverted = pattern.merging(["shouldAllowValidation": "true"]) { $1 }
        #expect(try await outcome(inverted, ["aut": "APPLICATION_USER"]) == "403")
        #expect(try await outcome(inverted, ["aut": "MY_APP"]) == "passed")
    }

    @Test("an expression that takes too long keeps out")
    func slowExpression() async throws {
        let parameters = [
            "accessVerificationClaim": "a", "accessVerificationClaimValue": "x",
            "accessVerificationClaimValueRegex": "(a+)+[bc]", "shouldAllowValidation": "true",
        ]
        #expect(try await outcome(parameters, ["a": .string(String(repeating: "a", count: 40))]) == "403")
    }

    @Test("a token with the scope passes once, others as often as they like")
    func oneTime() async throws {
        let reported = Mutex<[SpentToken]>([])
        let bench = try bench(PolicyBench.use("revokeOneTimeToken", "v1", ["scope": "OTT"])) { services in
            services.oneTimeTokens = OneTimeTokens { token in reported.withLock { $0.append(token) } }
        }
        let once = try token(["scope": "default OTT"])
        await bench.send("GET", "/orders/5", [once])
        await bench.answer("204 No Content")
        #expect(bench.status == "204")
        await bench.send("GET", "/orders/5", [once])
        #expect(bench.toClient.contains("HTTP/1.1 401 ") && bench.toClient.contains("900901"))
        #expect(reported.withLock { $0.map(\.id) } == ["token-1"])
        let other = try token(["scope": "default", "jti": "token-2"])
        for _ in 0..<2 {
            await bench.send("GET", "/orders/5", [other])
            await bench.answer("204 No Content")
        }
        #expect(bench.toClient.components(separatedBy: "HTTP/1.1 204").count == 4)
    }

    @Test("of many requests at the same moment one passes")
    func oneTimeAtOnce() async {
        let tokens = OneTimeTokens()
        let token = SpentToken(id: "t", tenant: 1, tenantDomain: "x", expiresMilliseconds: 1_000_000)
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { tokens.spend(token, nowMilliseconds: 1) } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(passed == 1)
    }

    @Test("an agent that cannot be reached keeps out")
    func agentUnreachable() async throws {
        let use = PolicyBench.use(
            "opaPolicy", "v1", ["serverUrl": "http://127.0.0.1:1/v1/data", "policy": "shop", "rule": "allow"])
        let bench = try bench(use)
        await bench.send("GET", "/orders/5", [try token([:])])
        #expect(bench.status == "500")
        #expect(bench.answeredBody == #"{"code":"901100","message":"Error while evaluating the policy"}"#)
    }
}
