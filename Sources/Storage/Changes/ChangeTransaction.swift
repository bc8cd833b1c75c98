import Documents
import Model

/// Writing access inside of ``ChangeStore/change(_:_:)``: SQL, audit rows and what gateways learn, all or nothing.
public final class ChangeTransaction: SQLTransaction {
    private let transaction: any SQLTransaction
    public let context: ChangeContext
    private let random: RandomSource
    private let vault: Vault?
    private var published: [GatewayChange] = []

    init(transaction: any SQLTransaction, context: ChangeContext, random: RandomSource, vault: Vault?) {
        self.transaction = transaction
        self.context = context
        self.random = random
        self.vault = vault
    }

    public func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try transaction.query(sql, arguments)
    }

    @discardableResult
    public func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try transaction.execute(sql, arguments)
    }

    /// Adds an audit row. `before` and `after` are the entity without secrets; `nil` when created or deleted.
    public func audit(
        _ action: String, kind: String, id: String, before: JSONValue? = nil, after: JSONValue? = nil
    ) throws {
        try execute(
            """
            INSERT INTO audit_row (id, at, actor, tenant_id, client_address, request_id, action, kind, entity_id,
                before_value, after_value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(random.uuid()), SQLValue(context.milliseconds), SQLValue(context.actor), SQLValue(context.tenant.id),
                SQLValue(context.clientAddress), SQLValue(context.requestID), SQLValue(action), SQLValue(kind), SQLValue(id),
                SQLValue(before?.text), SQLValue(after?.text),
            ])
    }

    /// Tells the gateways; recorded in the outbox with this transaction.
    public func publish(_ change: GatewayChange) { published.append(change) }

    /// Writes the outbox as the transaction's last statements; returns its sequence, `nil` when nothing was published.
    func finish() throws -> Int64? {
        guard !published.isEmpty else { return nil }
        return try GatewayOutbox.append(published, mark: random.uuid(), vault: vault, in: transaction)
    }
}
