import Documents
import Model
import Storage

/// Takes word of key managers of others about tokens that must not be accepted any more (`docs/key-managers.md`).
public struct ExternalRevocations: Sendable {
    private let changes: ChangeStore
    private let settings: IdentitySettings

    /// Longest time for which a revocation without end of its own is kept: tokens live shorter.
    private static let longest: Int64 = 30 * 86_400_000

    init(changes: ChangeStore, settings: IdentitySettings) {
        self.changes = changes
        self.settings = settings
    }

    /// Publishes an event; when it returns, gateways refuse what it names. Throws a 400 for an event that cannot be understood.
    public func accept(_ event: JSONValue, _ context: ChangeContext) async throws {
        try await changes.change(context) { change in
            switch event["type"]?.string {
            case "token_revocation", "refresh_token_revocation", nil: try revokeToken(event, in: change)
            case "consumer_app_revocation_event":
                try rule(.consumerKey, event["consumerKey"]?.string, event, in: change)
            case "subject_entity_revocation_event":
                let isClient = event["entityType"]?.string == "CLIENT_ID"
                try rule(isClient ? .consumerKey : .user, event["entityId"]?.string, event, in: change)
            default: throw CatalogueError.badRequest("type: the event is unknown")
            }
        }
    }

    private func revokeToken(_ event: JSONValue, in change: ChangeTransaction) throws {
        guard let token = event["accessToken"]?.string, !token.isEmpty else {
            throw CatalogueError.badRequest("accessToken must not be empty")
        }
        let isNamed = event["tokenType"]?.string == "JWT"
        let now = change.context.milliseconds
        let given = Self.milliseconds(event["expiryTime"]) ?? .max
        let revocation = GatewayRevocation(
            tenant: change.context.tenant.id, tokenID: isNamed ? token : TokenIntrospection.opaqueTokenID(token),
            expiresMilliseconds: min(given, now + Self.longest))
        try GatewayRevocations.publish(revocation, in: change)
        try change.audit("revoke", kind: "token", id: revocation.tokenID)
    }

    private func rule(
        _ subject: GatewayRevocationRule.Subject, _ identifier: String?, _ event: JSONValue, in change: ChangeTransaction
    ) throws {
        guard let identifier, !identifier.isEmpty else {
            throw CatalogueError.badRequest("\(subject == .user ? "entityId" : "consumerKey") must not be empty")
        }
        let now = change.context.milliseconds
        let rule = GatewayRevocationRule(
            tenant: change.context.tenant.id, subject: subject, identifier: identifier,
            revokedMilliseconds: min(Self.milliseconds(event["revocationTime"]) ?? now, now),
            expiresMilliseconds: now + Self.longest)
        try GatewayRevocations.publish(rule, in: change)
        try change.audit("revoke", kind: subject.rawValue, id: identifier)
    }

    /// Numbers, also in quotes.
    private static func milliseconds(_ value: JSONValue?) -> Int64? {
        let number = value?.int ?? value?.string.flatMap(Int.init)
        return number.map(Int64.init)
    }
}
