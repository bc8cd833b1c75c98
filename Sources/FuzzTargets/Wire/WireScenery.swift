import GatewayCore
import Model

/// One API that is open to everybody, with every verb, in front of `http://backend/up`.
enum WireScenery {
    static let context = "/a/1"
    static let prefix = "/up"

    static let snapshot: Snapshot = {
        var builder = SnapshotBuilder()
        builder.apply([.put(.api(api))])
        return builder.build()
    }()

    /// Small, so that small inputs reach them.
    static let limits: WireLimits = {
        var limits = WireLimits()
        limits.headBytes = 1024
        limits.fieldCount = 24
        limits.targetBytes = 256
        limits.responseHeadBytes = 1024
        limits.chunkLineBytes = 32
        limits.trailerBytes = 64
        limits.bodyBytes = 8192
        limits.discardedBytes = 64
        return limits
    }()

    static func pipeline(
        _ snapshot: Snapshot = snapshot, changing change: (inout PipelineSettings) -> Void = { _ in }
    ) -> RequestPipeline {
        var settings = PipelineSettings()
        settings.credentialCacheCapacity = 16
        change(&settings)
        // The same ids in each run, so that runs can be compared.
        return RequestPipeline(
            settings: settings, snapshot: snapshot, random: RandomSource { [UInt8](repeating: 7, count: $0) })
    }

    static let api = GatewayAPI(
        id: "fuzz", number: 1, environment: "Default", revisionID: "r", tenant: Tenant.superTenant.id,
        tenantDomain: "carbon.super", name: "Fuzz", version: "1", provider: "admin", type: "HTTP", context: context,
        defaultContext: nil, lifecycleState: "PUBLISHED", hosts: [], transports: ["http", "https"], securitySchemes: ["oauth2"],
        authorizationHeader: "Authorization", apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [],
        requiresSubscription: false, cors: nil, policy: nil,
        // Never suspended: the snapshot is shared, and a fault of one input must not change what the next one meets.
        production: GatewayEndpointGroup(
            strategy: .single, endpoints: [GatewayEndpoint(url: "http://backend" + prefix, suspendMilliseconds: 0)]),
        sandbox: nil,
        operations: ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].map {
            GatewayOperation(verb: $0, target: "/*", authType: "None", policy: "Unlimited", scopes: [])
        })
}
