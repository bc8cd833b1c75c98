import Counters
import Documents
import Foundation
import Model
import Tokens

@testable import GatewayCore

/// Signs with one key for all tests of this target: making a key takes most of the time of a test.
let testSigner = Result { JWTSigner(key: try SigningKey.generate(commonName: "test", nowMilliseconds: 1_700_000_000_000)) }
let foreignSigner = Result { JWTSigner(key: try SigningKey.generate(commonName: "else", nowMilliseconds: 1_700_000_000_000)) }

/// A gateway of one loop with one API, one application and its subscription, driven by text.
final class GatewayFixture {
    static let now: Int64 = 1_700_000_040_000
    static let issuer = "https://localhost:9443/oauth2/token"

    let pipeline: RequestPipeline
    let quotas: QuotaCounters
    var builder: SnapshotBuilder
    var peerAddress = "127.0.0.1"
    var isTrustedProxy = true
    var isTLS = false
    /// The certificate that the client shows in its handshake.
    var certificate: ClientCertificate?
    /// Whether the peer may hand on certificates in a header.
    var mayForward = false
    /// The exchange of the last request.
    let exchange = Exchange()
    var now = GatewayFixture.now
    /// The pool of the last request's upstream.
    private(set) var chosenPool: Int?
    /// Bytes of bodies as the wire layer would have counted them.
    var bodyBytes: Int64 = 0

    init(
        settings: PipelineSettings = PipelineSettings(), cors: GatewayCORS? = .gatewayDefault,
        conditions: ConditionKinds = ConditionKinds(), observers: GatewayObservers = GatewayObservers()
    ) throws {
        quotas = QuotaCounters()
        builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: cors, conditions: conditions))
        pipeline = RequestPipeline(settings: settings, quotas: quotas, snapshot: builder.build(), observers: observers)
        let keySet = JSONWebKeySet(keys: [try testSigner.get().key.jsonWebKey]).text
        put(
            .keyManager(
                GatewayKeyManager(tenant: -1234, name: GatewayKeyManager.residentName, issuer: Self.issuer, keySet: keySet)),
            .keyManager(
                GatewayKeyManager(tenant: -1234, name: GatewayKeyManager.apiKeyIssuerName, issuer: Self.issuer, keySet: keySet)),
            .application(Self.application()),
            .keyMapping(Self.mapping("client", .production)), .keyMapping(Self.mapping("sandbox-client", .sandbox)),
            .subscription(Self.subscription()))
    }

    /// Applies entities and installs the snapshot.
    func put(_ entities: GatewayEntity...) { apply(entities.map(GatewayChange.put)) }

    func apply(_ changes: [GatewayChange]) {
        builder.apply(changes)
        pipeline.install(builder.build())
    }

    // MARK: Entities

    static func application(policy: String = "Unlimited", status: String = "APPROVED") -> GatewayApplication {
        GatewayApplication(
            id: "app-1", number: 1, tenant: -1234, tenantDomain: "carbon.super", name: "Shop \"1\"", owner: "kim",
            policy: policy,
            status: status)
    }

    static func mapping(_ consumerKey: String, _ keyType: KeyType) -> GatewayKeyMapping {
        GatewayKeyMapping(
            tenant: -1234, keyManager: GatewayKeyManager.residentName, consumerKey: consumerKey, applicationID: "app-1",
            keyType: keyType)
    }

    static func subscription(policy: String = "Unlimited", state: String = "UNBLOCKED") -> GatewaySubscription {
        GatewaySubscription(
            id: "sub-1", tenant: -1234, applicationID: "app-1", apiID: "api-1", policy: policy, state: state)
    }

    static func policy(
        _ level: GatewayPolicy.Level, _ name: String, limit: Int, quota: GatewayPolicy.Quota = .requests, stops: Bool = true,
        burst: Int = 0, perUser: Bool = false
    ) -> GatewayPolicy {
        GatewayPolicy(
            tenant: -1234, level: level, name: name, quota: quota, limit: limit, windowMilliseconds: 60_000,
            stopsOnQuotaReach: stops, burstLimit: burst, burstWindowMilliseconds: 1_000, perUser: perUser)
    }

    static func api(_ change: (inout GatewayAPI) -> Void = { _ in }) -> GatewayAPI {
        var api = GatewayAPI(
            id: "api-1", number: 7, environment: "Default", revisionID: "rev-1", tenant: -1234, tenantDomain: "carbon.super",
            name: "Pizza", version: "1.0.0", provider: "admin", type: "HTTP", context: "/pizza/1.0.0", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: ["http", "https"], securitySchemes: ["oauth2", "api_key"],
            authorizationHeader: "Authorization", apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [],
            requiresSubscription: true, cors: nil, policy: nil,
            production: GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "http://backend:9000/base/")]),
            sandbox: GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "https://sandbox/")]),
            operations: [
                GatewayOperation(verb: "GET", target: "/menu", authType: "Any", policy: "Unlimited", scopes: []),
                GatewayOperation(
                    verb: "POST", target: "/order", authType: "Any", policy: "Unlimited", scopes: ["order", "admin"]),
                GatewayOperation(verb: "GET", target: "/order/{id}", authType: "Any", policy: "Unlimited", scopes: []),
                GatewayOperation(verb: "GET", target: "/open/*", authType: "None", policy: "Unlimited", scopes: []),
            ])
        change(&api)
        return api
    }

    // MARK: Tokens

    /// An access token of the application; a member set to `null` is left out.
    static func token(_ changes: JSONValue = [:], signer: Result<JWTSigner, any Error> = testSigner) throws -> String {
        try signer.get().sign(claims: Self.claims(changes))
    }

    /// The claims of such a token.
    static func claims(_ changes: JSONValue = [:]) -> JSONValue {
        var claims: JSONValue = [
            "sub": "kim", "aut": "APPLICATION", "azp": "client", "iss": .string(issuer), "exp": .init(now / 1000 + 3600),
            "iat": .init(now / 1000), "jti": "token-1", "aud": "client",
        ]
        for (name, value) in changes.object ?? JSONObject() { claims[name] = value.isNull ? Optional<JSONValue>.none : value }
        return claims
    }

    static func apiKey(_ changes: JSONValue = [:], signer: Result<JWTSigner, any Error> = testSigner) throws -> String {
        var claims: JSONValue = [
            "sub": "kim@carbon.super", "iss": .string(issuer), "jti": "key-1", "keytype": "PRODUCTION", "token_type": "apiKey",
            "application": ["id": 1, "uuid": "app-1"],
        ]
        for (name, value) in changes.object ?? JSONObject() { claims[name] = value.isNull ? Optional<JSONValue>.none : value }
        return try signer.get().sign(claims: claims, type: "JWT")
    }

    static func internalKey(context: String = "/pizza/1.0.0", signer: Result<JWTSigner, any Error> = testSigner) throws
        -> String
    {
        let claims: JSONValue = [
            "sub": "admin", "iss": .string(issuer), "jti": "internal-1", "keytype": "PRODUCTION", "token_type": "InternalKey",
            "subscribedAPIs": [["name": "Pizza", "context": .string(context), "version": "1.0.0"]],
            "exp": .init(now / 1000 + 60),
        ]
        return try signer.get().sign(claims: claims, type: "JWT")
    }

    // MARK: Requests

    /// The outcome of one request, as bytes that outlive it.
    struct Sent {
        var verdict: Verdict
        var status: Int32
        var code: Int32
        var body: String
        /// Lines of the gateway's own answer, and those added to any answer.
        var lines: [String]
        var url: String
        /// What goes to the upstream.
        var upstreamHead: String

        func value(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    /// Sends a request given as lines; `Host` is added.
    @discardableResult
    func send(_ requestLine: String, _ fields: [String] = []) throws -> Sent {
        let line = requestLine.split(separator: " ").count == 2 ? requestLine + " HTTP/1.1" : requestLine
        let host = fields.contains { $0.lowercased().hasPrefix("host:") } ? [] : ["Host: localhost:8280"]
        let text = ([line] + host + fields + ["", ""]).joined(separator: "\r\n")
        return try Array(text.utf8).withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { throw FixtureError.unreadable }
            let fields = FieldTable()
            defer { withExtendedLifetime(fields) {} }
            var head = RequestHead(base: base, fields: fields)
            var parser = HeadParser(limits: WireLimits())
            guard parser.parse(bytes, into: &head) == .complete else { throw FixtureError.unreadable }
            return decide(&head)
        }
    }

    enum FixtureError: Error { case unreadable }

    private func decide(_ head: inout RequestHead) -> Sent {
        let verdict = begin(&head)
        return sent(verdict, head)
    }

    /// Has the pipeline decide on a new request.
    func begin(_ head: inout RequestHead) -> Verdict {
        exchange.reset()
        exchange.times.received = 1_000_000_000
        return pipeline.decide(&head, facts, exchange, nowMilliseconds: now)
    }

    var facts: ConnectionFacts {
        var facts = ConnectionFacts(
            peerAddress: Array(peerAddress.utf8), isTrustedProxy: isTrustedProxy, isTLS: isTLS, localPort: isTLS ? 8243 : 8280)
        facts.clientCertificate = certificate
        facts.mayForwardCertificates = mayForward
        return facts
    }

    /// Accounts for a request, and says what came of it.
    func sent(_ verdict: Verdict, _ head: RequestHead) -> Sent {
        chosenPool = exchange.upstream?.pool
        exchange.status = verdict == .answer ? exchange.answer.status : 200
        if verdict == .forward { exchange.upstreamStatus = 200 }
        exchange.times.answered = 1_025_000_000
        exchange.requestBodyBytes = bodyBytes
        let output = OutputBuffer(capacity: 4096)
        if let upstream = exchange.upstream, verdict == .forward {
            RequestHeadWriter.write(exchange.requestDraft?.head ?? head, exchange, to: upstream, into: output)
        }
        pipeline.account(exchange, head, nowMilliseconds: now)
        let lines = String(decoding: exchange.answer.headerLines + exchange.addedResponseLines, as: UTF8.self)
        return Sent(
            verdict: verdict, status: exchange.answer.status, code: exchange.errorCode,
            body: String(decoding: exchange.answer.body, as: UTF8.self),
            lines: lines.split(separator: "\r\n").map(String.init),
            url: String(decoding: exchange.upstream?.url ?? [], as: UTF8.self),
            upstreamHead: String(decoding: output.bytes, as: UTF8.self))
    }
}
