import Documents
import Model
import Storage

/// Lets the owner of the machine in again: sets the password of an administrator of the super tenant.
public struct AdministratorReset: Sendable {
    private let changes: ChangeStore
    private let preparation: TenantPreparation
    private let hasher: PasswordHasher
    private let time: TimeSource

    init(changes: ChangeStore, preparation: TenantPreparation, hasher: PasswordHasher, time: TimeSource) {
        self.changes = changes
        self.preparation = preparation
        self.hasher = hasher
        self.time = time
    }

    /// Sets the password, unlocks the user, gives the role `admin` and ends the user's tokens. Creates a user who is missing.
    public func resetPassword(of username: String, to password: String) async throws {
        guard !username.isEmpty, !username.contains("@"), !password.isEmpty else {
            throw CatalogueError.badRequest("A user name without domain and a password are needed")
        }
        let hash = try await hasher.hash(password)
        let context = ChangeContext(
            actor: "martlet", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: time.milliseconds)
        try await changes.change(context) { [preparation] change in
            guard var user = try UserTable.find(username: username, tenant: Tenant.superTenant.id, in: change) else {
                _ = try preparation.addAdministrator(
                    username, passwordHash: hash, attributes: JSONObject(), in: change)
                return
            }
            user.isLocked = false
            user.version += 1
            user.modifiedMilliseconds = change.context.milliseconds
            try UserTable.update(user, in: change)
            try UserTable.setPassword(hash, id: user.id, tenant: user.tenantID, in: change)
            try preparation.assignAdministrator(user, in: change)
            try TokenRevocation.revokeAll(userID: user.id, in: change)
            try change.audit("reset-password", kind: "user", id: user.id)
        }
    }
}
