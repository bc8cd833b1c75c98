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

    /// Ends the user's tokens, and has gateways forget that the user's password was right.
    static func revokeAll(userID: String, in change: ChangeTransaction) throws {
        for token in try TokenTable.active(userID: userID, in: change) { try revoke(token, in: change) }
        try forgetSignIns(userID: userID, in: change)
    }

    /// Has gateways check the user's password and roles again with the next call. The user is one of the change's tenant.
    static func forgetSignIns(userID: String, in change: ChangeTransaction) throws {
        let now = change.context.milliseconds
        let rule = GatewayRevocationRule(
            tenant: change.context.tenant.id, subject: .signIn, identifier: userID, revokedMilliseconds: now,
            expiresMilliseconds: now + longestSignIn)
        try GatewayRevocations.publish(rule, in: change)
    }

    /// Longer than any gateway remembers a password.
    private static let longestSignIn: Int64 = 3_600_000
}
