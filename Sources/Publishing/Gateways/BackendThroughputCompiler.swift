import Documents
import Model

/// Turns `maxTps` into the limits that gateways keep for backends.
enum BackendThroughputCompiler {
    /// `nil` when nothing is limited.
    static func throughput(_ value: JSONValue?) -> GatewayBackendThroughput? {
        let (production, sandbox) = (limit(value, .production), limit(value, .sandbox))
        guard production != nil || sandbox != nil else { return nil }
        return GatewayBackendThroughput(production: production, sandbox: sandbox)
    }

    private static func limit(_ value: JSONValue?, _ keyType: KeyType) -> GatewayBackendThroughput.Limit? {
        guard let count = value?[keyType.memberPrefix]?.int, count > 0 else { return nil }
        let window: Int64 =
            switch value?["\(keyType.memberPrefix)TimeUnit"]?.string {
            case "MINUTE": 60_000
            case "HOUR": 3_600_000
            default: 1_000
            }
        return GatewayBackendThroughput.Limit(count: count, windowMilliseconds: window)
    }
}
