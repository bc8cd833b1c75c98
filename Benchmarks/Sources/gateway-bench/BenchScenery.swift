import Documents
import Foundation
import GatewayCore
import Model
import Tokens

/// APIs, one application subscribed to all of them, and tokens for it.
struct BenchScenery {
    var upstream: String
    var isManaged: Bool
    var apis: Int
    var resources: Int
    var tokens: Int

    private static let issuer = "https://localhost:9443/oauth2/token"
    private static let tenant = -1234

    /// Writes `tokens.txt` (a token a line) and `jwks.json`, and answers the compiled configuration.
    func prepare(directory: String) throws -> Snapshot {
        let now = TimeSource.system.milliseconds
        var entities: [GatewayEntity] = []
        if isManaged {
            let signer = JWTSigner(key: try SigningKey.generate(commonName: "bench", nowMilliseconds: now))
            let keySet = JSONWebKeySet(keys: [try signer.key.jsonWebKey]).text
            let lines = try (0..<tokens).map { try signer.sign(claims: claims(number: $0, now: now / 1000)) }
            try lines.joined(separator: "\n").write(toFile: directory + "/tokens.txt", atomically: true, encoding: .utf8)
            try keySet.write(toFile: directory + "/jwks.json", atomically: true, encoding: .utf8)
            entities += owners(keySet: keySet)
        }
        entities += (0..<apis).map { .api(api($0)) }
        var builder = SnapshotBuilder()
        builder.apply(entities.map(GatewayChange.put))
        return builder.build()
    }

    private func claims(number: Int, now: Int64) -> JSONValue {
        [
            "sub": .string("user-\(number)"), "aut": "APPLICATION", "azp": "bench-client", "iss": .string(Self.issuer),
            "exp": .init(now + 86_400), "nbf": .init(now), "iat": .init(now), "jti": .string(UUID().uuidString),
            "aud": "bench-client", "scope": "default", "binding_type": "client_id",
        ]
    }

    /// Key manager, policies with limits out of reach, application and subscriptions.
    private func owners(keySet: String) -> [GatewayEntity] {
        let levels: [GatewayPolicy.Level] = [.application, .subscription, .api]
        let policies = levels.map {
            GatewayEntity.policy(
                GatewayPolicy(
                    tenant: Self.tenant, level: $0, name: "Bench", quota: .requests, limit: 1_000_000_000,
                    windowMilliseconds: 60_000))
        }
        let application = GatewayApplication(
            id: "application", number: 1, tenant: Self.tenant, tenantDomain: "carbon.super", name: "Bench", owner: "admin",
            policy: "Bench", status: "APPROVED")
        let mapping = GatewayKeyMapping(
            tenant: Self.tenant, keyManager: GatewayKeyManager.residentName, consumerKey: "bench-client",
            applicationID: "application", keyType: .production)
        let manager = GatewayKeyManager(
            tenant: Self.tenant, name: GatewayKeyManager.residentName, issuer: Self.issuer, keySet: keySet)
        let subscriptions = (0..<apis).map {
            GatewayEntity.subscription(
                GatewaySubscription(
                    id: "subscription-\($0)", tenant: Self.tenant, applicationID: "application", apiID: "api-\($0)",
                    policy: "Bench", state: "UNBLOCKED"))
        }
        return policies + [.keyManager(manager), .application(application), .keyMapping(mapping)] + subscriptions
    }

    private func api(_ number: Int) -> GatewayAPI {
        let operations = (0..<resources).map {
            GatewayOperation(
                verb: "GET", target: "/resource\($0)/{id}", authType: isManaged ? "Any" : "None", policy: "Unlimited", scopes: [])
        }
        return GatewayAPI(
            id: "api-\(number)", number: number + 1, environment: "Default", revisionID: "r", tenant: Self.tenant,
            tenantDomain: "carbon.super", name: "API\(number)", version: "1.0.0", provider: "admin", type: "HTTP",
            context: "/api\(number)/1.0.0", defaultContext: nil, lifecycleState: "PUBLISHED", hosts: [],
            transports: ["http", "https"], securitySchemes: ["oauth2"], authorizationHeader: "Authorization",
            apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [], requiresSubscription: true, cors: nil,
            policy: isManaged ? "Bench" : nil,
            production: GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: upstream)]), sandbox: nil,
            operations: operations)
    }
}
