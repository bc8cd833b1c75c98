import Model

/// How capabilities change state: one transaction with the change, its audit rows and its gateway entities, answered only when
/// the gateways of this node work with it (write-then-use).
public struct ChangeStore: Sendable {
    public let store: any SQLStore
    private let delivery: any ChangeDelivery
    private let random: RandomSource
    private let vault: Vault?

    /// `vault` seals what gateways learn where it contains secrets; a store without one refuses such changes.
    public init(
        store: any SQLStore, delivery: any ChangeDelivery, vault: Vault? = nil, random: RandomSource = .system
    ) {
        self.store = store
        self.delivery = delivery
        self.vault = vault
        self.random = random
    }

    /// Runs `body` in a transaction, then waits until what it published is live. See ``SQLStore/write(_:)`` on repetition.
    public func change<Result: Sendable>(
        _ context: ChangeContext, _ body: @escaping @Sendable (ChangeTransaction) throws -> Result
    ) async throws -> Result {
        let (result, sequence) = try await store.write { [random, vault] transaction in
            let change = ChangeTransaction(transaction: transaction, context: context, random: random, vault: vault)
            let result = try body(change)
            return (result, try change.finish())
        }
        if let sequence { await delivery.delivered(sequence) }
        return result
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await store.read(body)
    }
}

/// Brings published changes to the gateways.
public protocol ChangeDelivery: Sendable {
    /// Returns when every event loop of this node works with all changes up to `sequence`, and every live remote gateway has
    /// acknowledged them or two seconds have passed.
    func delivered(_ sequence: Int64) async
}
