import Model
import Storage

/// Users who have come to the developer portal.
public struct Subscribers: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    private let applications: Applications
    private let createsDefaultApplication: Bool

    public init(changes: ChangeStore, random: RandomSource, applications: Applications, createsDefaultApplication: Bool) {
        self.changes = changes
        self.random = random
        self.applications = applications
        self.createsDefaultApplication = createsDefaultApplication
    }

    /// Remembers a user who may subscribe, and gives them their first application. Does nothing from the second call on.
    public func welcome(_ principal: Principal, _ context: ChangeContext) async throws {
        guard principal.scopes.contains("apim:subscribe") else { return }
        if try await changes.read({ try Self.isKnown(principal, in: $0) }) { return }
        let id = random.uuid()
        try await changes.change(context) { transaction in
            // Two first calls at once: only one of them inserts.
            let inserted = try transaction.execute(
                """
                INSERT INTO subscriber (tenant_id, username, created_at) SELECT ?, ?, ?
                WHERE NOT EXISTS (SELECT 1 FROM subscriber WHERE tenant_id = ? AND lower(username) = lower(?))
                """,
                [
                    .tenant(principal.tenant), .text(principal.username), SQLValue(context.milliseconds),
                    .tenant(principal.tenant), .text(principal.username),
                ])
            guard inserted == 1, createsDefaultApplication else { return }
            try addDefaultApplication(id: id, owner: principal, in: transaction)
        }
    }

    private func addDefaultApplication(id: String, owner: Principal, in transaction: ChangeTransaction) throws {
        let existing = try ApplicationTable.find(
            name: Application.defaultName, owner: owner.username, tenant: owner.tenant, in: transaction)
        guard existing == nil else { return }
        let draft = ApplicationDraft(
            name: Application.defaultName, description: "The first application of this user",
            policy: try applications.standardPolicy(tenant: owner.tenant, in: transaction))
        _ = try applications.add(draft, id: id, owner: owner, in: transaction)
    }

    private static func isKnown(_ principal: Principal, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT created_at FROM subscriber WHERE tenant_id = ? AND lower(username) = lower(?)",
            [.tenant(principal.tenant), .text(principal.username)]) != nil
    }
}
