import Model
import Storage

/// Registration of clients by users, for themselves.
public struct ClientRegistration: Sendable {
    /// What a user asks for.
    public struct Draft: Sendable {
        public var name: String
        /// `name` or `name@domain`.
        public var owner: String
        public var grantTypes: [String]
        public var callback: String
        public var tokenType: AccessTokenType
        public var servesAllTenants: Bool

        public init(
            name: String, owner: String, grantTypes: [String], callback: String, tokenType: AccessTokenType,
            servesAllTenants: Bool
        ) {
            self.name = name
            self.owner = owner
            self.grantTypes = grantTypes
            self.callback = callback
            self.tokenType = tokenType
            self.servesAllTenants = servesAllTenants
        }
    }

    private let changes: ChangeStore
    private let clients: OAuthClientRegistry

    init(changes: ChangeStore, clients: OAuthClientRegistry) {
        self.changes = changes
        self.clients = clients
    }

    /// The client of the draft's name if the owner has one already, else a new one in the owner's tenant.
    public func register(_ draft: Draft, caller: Principal, context: ChangeContext) async throws -> OAuthClientCredentials {
        guard !draft.name.isEmpty, draft.name.count <= 255, draft.name.allSatisfy(Self.isAllowed) else {
            throw CatalogueError.badRequest("clientName may hold letters, digits, blanks, '.', '_' and '-'")
        }
        let (owner, tenant) = try await owner(draft.owner, caller)
        var context = context
        context.tenant = tenant
        return try await changes.change(context) { [clients] change in
            if let existing = try clients.find(name: draft.name, in: tenant, change) {
                guard existing.client.ownerID == owner.id else { throw CatalogueError.clientOfAnotherOwner }
                return existing
            }
            return try clients.register(Self.clientDraft(draft, owner), in: change)
        }
    }

    private static func isAllowed(_ character: Character) -> Bool {
        guard let ascii = character.asciiValue else { return false }
        return character.isLetter || character.isNumber || [0x20, 0x2e, 0x5f, 0x2d].contains(ascii)
    }

    /// The owner: the caller, or any user when the super tenant's administrator registers for others.
    private func owner(_ name: String, _ caller: Principal) async throws -> (User, Tenant) {
        let found = try await changes.read { connection in
            let (username, tenant) = try SignIn.resolve(name, caller.tenant, connection)
            return try UserTable.find(username: username, tenant: tenant.id, in: connection).map { ($0, tenant) }
        }
        let isSuperAdministrator = caller.tenant.isSuper && caller.roles.contains(BuiltInRole.administrator.rawValue)
        guard let found, found.0.id == caller.userID || isSuperAdministrator else {
            throw CatalogueError.ownerIsNotCaller(caller: caller.displayName, owner: name)
        }
        return found
    }

    private static func clientDraft(_ draft: Draft, _ owner: User) -> OAuthClientDraft {
        let needCallback = ["authorization_code", "implicit"]
        return OAuthClientDraft(
            name: draft.name, ownerID: owner.id, ownerName: owner.qualifiedName,
            grantTypes: draft.callback.isEmpty ? draft.grantTypes.filter { !needCallback.contains($0) } : draft.grantTypes,
            callback: draft.callback, tokenType: draft.tokenType, servesAllTenants: draft.servesAllTenants)
    }
}
