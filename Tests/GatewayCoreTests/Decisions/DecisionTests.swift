import Documents
import Model
import Testing

@testable import GatewayCore

@Suite("Records of refused and traced requests")
struct DecisionTests {
    let journal = DecisionJournal()
    let gateway: GatewayFixture
    let token: String

    init() throws {
        var observers = GatewayObservers()
        observers.decisions = journal
        gateway = try GatewayFixture(observers: observers)
        gateway.put(.api(GatewayFixture.api()))
        token = "Authorization: Bearer \(try GatewayFixture.token())"
    }

    /// The record of a request, found by the id that its answer tells.
    private func record(_ requestLine: String, _ fields: [String] = []) throws -> JSONValue? {
        let id = try #require(try gateway.send(requestLine, fields).value("activityid"))
        let found = journal.find(id, tenantDomain: "carbon.super")
        return try found.last.map { try JSONValue.parse($0.json) }
    }

    private func rule(_ requestLine: String, _ fields: [String] = []) throws -> String? {
        try record(requestLine, fields)?["rule"]?.string
    }

    @Test("a request that passes leaves no record")
    func passes() throws {
        #expect(try record("GET /pizza/1.0.0/menu", [token]) == nil)
        #expect(journal.takeNew(limit: 10).isEmpty)
    }

    @Test("a refusal tells stage, rule, caller and quotas, but no credential and no query")
    func quota() throws {
        gateway.put(
            .policy(GatewayFixture.policy(.application, "Two", limit: 2)),
            .application(GatewayFixture.application(policy: "Two")))
        for _ in 1...2 { try gateway.send("GET /pizza/1.0.0/menu", [token]) }
        let record = try #require(try record("GET /pizza/1.0.0/menu?secret=s3", [token, "X-Password: s3"]))
        let expected: JSONValue = [
            "stage": "quota", "rule": "application-quota", "code": 900_803, "status": 429, "method": "GET",
            "path": "/pizza/1.0.0/menu", "host": "localhost:8280", "clientAddress": "127.0.0.1", "tenantDomain": "carbon.super",
            "apiId": "api-1", "apiName": "Pizza", "apiVersion": "1.0.0", "apiContext": "/pizza/1.0.0", "apiMethod": "GET",
            "apiResourceTemplate": "/menu", "environment": "Default", "applicationId": "app-1",
            "applicationName": "Shop \"1\"", "applicationOwner": "kim", "user": "kim@carbon.super", "plan": "Unlimited",
            "credential": "access token", "keyType": "PRODUCTION", "consumerKey": "client", "tokenId": "token-1",
            "milliseconds": 25,
            "quotas": [
                [
                    "policy": "application:Two", "unit": "REQUESTS", "limit": 2, "windowSeconds": 60, "remaining": 0,
                    "resetSeconds": 60,
                ]
            ],
        ]
        for (name, value) in expected.object ?? JSONObject() {
            #expect(record[name] == value, "\(name): \(String(describing: record[name]))")
        }
        let text = String(decoding: record.serialized(), as: UTF8.self)
        #expect(!text.contains("s3") && !text.contains("eyJ"))
    }

    @Test("what is wrong with a credential is told exactly")
    func credentials() throws {
        let path = "GET /pizza/1.0.0/menu"
        func bearer(_ token: String) throws -> String? { try rule(path, ["Authorization: Bearer \(token)"]) }
        #expect(try rule(path) == "credential-missing")
        #expect(try bearer("abc") == "credential-invalid")
        #expect(try bearer("a.b.c") == "credential-malformed")
        #expect(try bearer(GatewayFixture.token(["exp": .init(GatewayFixture.now / 1000 - 3600)])) == "credential-expired")
        #expect(
            try bearer(GatewayFixture.token(["nbf": .init(GatewayFixture.now / 1000 + 3600)])) == "credential-not-yet-valid")
        #expect(try bearer(GatewayFixture.token(["iss": "https://else.example"])) == "issuer-unknown")
        #expect(try bearer(GatewayFixture.token(signer: foreignSigner)) == "signature-wrong")
        #expect(try bearer(GatewayFixture.apiKey()) == "credential-of-wrong-kind")
        #expect(try rule(path, ["ApiKey: \(try GatewayFixture.apiKey(signer: foreignSigner))"]) == "signature-wrong")
        #expect(try rule(path, ["ApiKey: \(try GatewayFixture.internalKey())"]) == "credential-of-wrong-kind")
        gateway.put(.revocation(GatewayRevocation(tenant: -1234, tokenID: "gone", expiresMilliseconds: .max)))
        #expect(try bearer(GatewayFixture.token(["jti": "gone"])) == "credential-revoked")
        gateway.put(.api(GatewayFixture.api { $0.keyManagers = ["Other"] }))
        #expect(try rule(path, [token]) == "key-manager-not-accepted")
        gateway.put(.api(GatewayFixture.api { $0.securitySchemes = ["mutualssl", "mutualssl_mandatory", "oauth2"] }))
        gateway.isTLS = true
        for fields in [[], [token]] { #expect(try rule(path, fields) == "certificate-missing") }
        #expect(try bearer("a.b.c") == "credential-malformed")
    }

    @Test("whose a credential is, is told as far as its signature proves it")
    func owners() throws {
        let path = "GET /pizza/1.0.0/menu"
        func owner(_ fields: String...) throws -> String? { try record(path, fields)?["applicationId"]?.string }
        let past = JSONValue(GatewayFixture.now / 1000 - 3600)
        #expect(try owner("Authorization: Bearer \(GatewayFixture.token(["exp": past]))") == "app-1")
        #expect(try owner("Authorization: Bearer \(GatewayFixture.token(["exp": past], signer: foreignSigner))") == nil)
        #expect(try owner("ApiKey: \(GatewayFixture.apiKey(["exp": past]))") == "app-1")
        let restricted = "ApiKey: \(try GatewayFixture.apiKey(["permittedIP": "10.0.0.1"]))"
        #expect(try owner(restricted) == "app-1")
        #expect(try rule(path, [restricted]) == "key-restricted")
        gateway.put(.api(GatewayFixture.api { $0.audiences = ["else"] }))
        #expect(try owner(token) == "app-1")
        #expect(try rule(path, [token]) == "audience-wrong")
    }

    @Test("routing, subscription and scopes have rules of their own")
    func rules() throws {
        #expect(try rule("GET /none/1.0.0/x", [token]) == "api-unknown")
        #expect(try rule("GET /pizza/1.0.0/none", [token]) == "resource-unknown")
        #expect(try rule("DELETE /pizza/1.0.0/menu", [token]) == "method-not-offered")
        #expect(try rule("GET /pizza/1.0.0/%2e%2e/x", [token]) == "path-unsafe")
        #expect(try rule("POST /pizza/1.0.0/order", [token]) == "scope-missing")
        gateway.put(.subscription(GatewayFixture.subscription(state: "BLOCKED")))
        #expect(try rule("GET /pizza/1.0.0/menu", [token]) == "subscription-blocked")
        gateway.put(.subscription(GatewayFixture.subscription(state: "REJECTED")))
        #expect(try rule("GET /pizza/1.0.0/menu", [token]) == "subscription-rejected")
        gateway.apply([.remove(kind: .subscription, key: "sub-1")])
        #expect(try rule("GET /pizza/1.0.0/menu", [token]) == "subscription-missing")
        let foreign = try GatewayFixture.internalKey(context: "/else/1.0.0")
        #expect(try rule("GET /pizza/1.0.0/menu", ["Internal-Key: \(foreign)"]) == "key-of-another-api")
        gateway.put(.subscription(GatewayFixture.subscription()), .api(GatewayFixture.api { $0.keyType = .sandbox }))
        #expect(try rule("GET /pizza/1.0.0/menu", [token]) == "key-type-not-taken")
        gateway.put(.api(GatewayFixture.api { $0.lifecycleState = "CREATED" }))
        #expect(try rule("GET /pizza/1.0.0/menu", [token]) == "api-unpublished")
    }

    @Test(
        "what a policy refuses or cannot do is told as that",
        arguments: [(400, "policy-refused"), (403, "policy-refused"), (404, "policy-refused"), (500, "policy-failed")])
    func policies(status: Int32, rule: String) throws {
        let refusal = Refusal(code: status, status: status, message: "No", description: "No")
        let scripts = ScriptedPolicies(policies: ["no": ScriptedPolicy { _ in .refused(refusal) }])
        gateway.builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil), policies: scripts)
        gateway.put(.api(GatewayFixture.api { $0.policies = GatewayPolicyFlows(request: PolicyScene.uses("no")) }))
        let record = try #require(try record("GET /pizza/1.0.0/open/x"))
        #expect(record["rule"]?.string == rule && record["stage"] == "requestPolicies")
    }

    @Test(
        "codes that several things answer with have the rule of what they are",
        arguments: [
            (900_900, 500, DecisionRule.credentialNotChecked), (303_003, 500, .endpointCredentialMissing),
            (431, 431, .requestMalformed), (505, 505, .requestMalformed), (504, 504, .other), (503, 503, .other),
            (500, 500, .other),
        ])
    func codes(code: Int, status: Int, rule: DecisionRule) {
        #expect(DecisionRule(code: code, status: status, isAPIKnown: true) == rule)
    }

    @Test("every rule tells what happened, and every refusal what to do", arguments: DecisionRule.allCases)
    func texts(rule: DecisionRule) {
        #expect(!rule.explanation.isEmpty && (rule == .passed || !rule.advice.isEmpty))
    }

    @Test("a test key in Martlet-Trace has a request traced that passes, and does not go on to the back end")
    func traces() throws {
        let key = try GatewayFixture.internalKey()
        let sent = try gateway.send("GET /pizza/1.0.0/menu", [token, "Martlet-Trace: \(key)"])
        #expect(sent.verdict == .forward && !sent.upstreamHead.lowercased().contains("martlet-trace"))
        let record = try #require(try record("GET /pizza/1.0.0/menu", [token, "martlet-trace: \(key)"]))
        #expect(record["rule"] == "passed" && record["status"] == 200 && record["code"] == nil && record["stage"] == nil)
        #expect(record["endpoint"] == "http://backend:9000/base/" && record["upstreamStatus"] == 200)
        let own = try #require(try self.record("GET /pizza/1.0.0/menu", ["Internal-Key: \(key)"]))
        #expect(own["credential"] == "test key" && own["rule"] == "passed")
    }

    @Test("no other key has a request traced, and trying many of them ends")
    func foreignKeys() throws {
        let keys = [
            "x", try GatewayFixture.internalKey(context: "/else/1.0.0"), try GatewayFixture.internalKey(signer: foreignSigner),
            try GatewayFixture.token(), try GatewayFixture.apiKey(),
        ]
        for key in keys { #expect(try record("GET /pizza/1.0.0/menu", [token, "Martlet-Trace: \(key)"]) == nil) }
        for _ in 0..<200 { try gateway.send("GET /pizza/1.0.0/menu", [token, "Martlet-Trace: x"]) }
        let good = try GatewayFixture.internalKey()
        #expect(try record("GET /pizza/1.0.0/menu", [token, "Martlet-Trace: \(good)"]) == nil)
        gateway.now += 1000
        #expect(try record("GET /pizza/1.0.0/menu", [token, "Martlet-Trace: \(good)"]) != nil)
    }

    @Test("requests with one activity id have records with ids of their own")
    func sharedID() throws {
        for _ in 1...3 { try gateway.send("GET /pizza/1.0.0/menu", ["activityid: mine"]) }
        let found = journal.find("mine", tenantDomain: "carbon.super")
        #expect(found.count == 3 && Set(found.map(\.requestID)).count == 3)
        for entry in found {
            let id = String(decoding: entry.requestID, as: UTF8.self)
            #expect(journal.find(id, tenantDomain: "carbon.super") == [entry])
            #expect(journal.find(id, tenantDomain: "example.com").isEmpty)
        }
    }

    @Test("a path that leads to no API belongs to the tenant that it names")
    func tenants() throws {
        let id = try #require(try gateway.send("GET /t/Example.com/none/1.0.0").value("activityid"))
        #expect(journal.find(id, tenantDomain: "example.com").count == 1)
        #expect(journal.find(id, tenantDomain: "carbon.super").isEmpty)
    }

    @Test("whatever a client sends, a record is JSON")
    func hostile() throws {
        for (line, field) in [("GET /\"x\\y", "activityid: \"\\</script>"), ("GET /%22%5c%00", "X-Forwarded-For: \"\\")] {
            #expect(try record(line, [field])?["rule"] == "api-unknown")
        }
    }

    @Test("the newest records are kept, and a flood writes no more than so many a second")
    func bounded() {
        let ring = DecisionRing(capacity: 3, recordsPerSecond: 5)
        for number in UInt8(1)...7 where ring.admits(nowMilliseconds: 1_000) {
            ring.append(.init(requestID: [number], activityID: [0], tenantDomain: "t", json: []))
        }
        #expect(ring.find([0]).map(\.requestID) == [[3], [4], [5]])
        #expect(ring.takeNew(limit: 2).map(\.requestID) == [[3], [4]])
        #expect(ring.takeNew(limit: 2).map(\.requestID) == [[5]])
        #expect(ring.takeNew(limit: 2).isEmpty)
        #expect(ring.admits(nowMilliseconds: 2_000))
    }

    @Test("URLs of back ends are told without what may be secret in them")
    func urls() {
        func told(_ url: String) -> String { String(decoding: DecisionWriter.withoutSecrets(Array(url.utf8)), as: UTF8.self) }
        #expect(told("https://user:word@host:1/a@b/c?key=1#f") == "https://host:1/a@b/c")
        #expect(told("http://host/") == "http://host/")
        #expect(told("host@x") == "host@x")
    }

    @Test("quotas are read from fields with names and units of all kinds")
    func quotas() {
        let lines =
            "x: 1\r\nRateLimit-Policy: \"api:a,b;c\";q=5;w=60, \"s:G\";q=9;qu=\"content-bytes\";w=1\r\n"
            + "RateLimit: \"api:a,b;c\";r=4;t=20, \"s:G\";r=0;t=1\r\n"
        #expect(
            DecisionQuotas(responseLines: Array(lines.utf8)).items == [
                .init(policy: "api:a,b;c", limit: 5, windowSeconds: 60, remaining: 4, resetSeconds: 20),
                .init(policy: "s:G", countsBytes: true, limit: 9, windowSeconds: 1, remaining: 0, resetSeconds: 1),
            ])
        #expect(DecisionQuotas(responseLines: Array("RateLimit: \"x\r\n".utf8)).items.isEmpty)
    }
}
