import Model

/// What a gateway has loaded, and the means to take an API off it.
public protocol GatewayInventory: Sendable {
    /// The entities of some kinds that the gateway works with, in no order. Throws a 503 where no gateway runs.
    func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity]

    /// The keys of an API's deployments, those that were taken off this gateway too.
    func keys(ofAPI name: String, version: String, tenantDomain: String) async throws -> [String]

    /// Takes a deployment, named by its ``GatewayEntity/key``, off this gateway alone. It comes back when it is put back or deployed anew, and
    /// with the gateway's next start.
    func withhold(_ key: String) async throws

    /// Puts a deployment into service as the gateway last learned it; `false` when it knows none.
    func restore(_ key: String) async throws -> Bool
}
