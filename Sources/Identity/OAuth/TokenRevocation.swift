import Model
import Storage

/// Ends tokens, here and at the gateways.
enum TokenRevocation {
    /// Ends an access token and its refresh token; gateways refuse it from when the change is answered.
    static func revoke(_ token: TokenRecord, in change: ChangeTransaction) throws {
        try TokenTable.deactivate(token.tokenID, in: change)
        guard token.isActive, token.expiresMilliseconds > change.context.milliseconds else { return }
        let revocation = GatewayRevocation(
            tenant: token.tenantID, tokenID: token.tokenID, expiresMilliseconds: token.expiresMilliseconds)
        change.publish(.put(.revocation(revocation)))
    }

    static func revokeAll(consumerKey: String, in change: ChangeTransaction) throws {
        for token in try TokenTable.active(consumerKey: consumerKey, in: change) { try revoke(token, in: change) }
    }

    static func revokeAll(userID: String, in change: ChangeTransaction) throws {
        for token in try TokenTable.active(userID: userID, in: change) { try revoke(token, in: change) }
    }
}
