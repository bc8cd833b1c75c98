import Model
import Storage

/// The revocation endpoint (RFC 7009).
public struct RevocationEndpoint: Sendable {
    /// What a revocation ended, for the answer's headers.
    public struct Outcome: Sendable, Hashable {
        /// `jti` of a JWT, the token itself if it is opaque.
        public var accessToken: String
        /// The refresh token, if that was what the client sent.
        public var refreshToken: String?
        /// `name@domain`.
        public var authorizedUser: String
    }

    private let changes: ChangeStore
    private let authentication: ClientAuthentication
    private let issuer: TokenIssuer

    init(changes: ChangeStore, registry: OAuthClientRegistry, issuer: TokenIssuer) {
        self.changes = changes
        authentication = ClientAuthentication(registry: registry)
        self.issuer = issuer
    }

    /// Ends the token of the request; `nil` when it is unknown or has ended. A refresh token takes its access token along.
    public func revoke(_ request: TokenRequest) async throws -> Outcome? {
        try request.checkForm()
        let credential: ClientAuthentication.Credential
        do {
            credential = try ClientAuthentication.credential(of: request)
        } catch let error as OAuthError where error == .severalClientAuthentications {
            throw OAuthError.invalidRevocation
        }
        guard let token = request["token"] else { throw OAuthError.invalidRevocation }
        let client = try await changes.read { [authentication] in
            try authentication.client(credential, at: request.tenant, $0)
        }
        let tokenID = issuer.tokenID(token)
        let refreshHash = issuer.refreshHash(token)
        return try await changes.change(request.context(actor: client.name, tenant: client.tenant)) { change in
            let byRefresh = try TokenTable.find(refreshHash: refreshHash, in: change)
            guard let record = try byRefresh ?? TokenTable.find(tokenID: tokenID, in: change) else { return nil }
            guard record.consumerKey == client.consumerKey else { throw OAuthError.tokenOfAnotherClient }
            guard record.isActive || record.isRefreshActive else { return nil }
            try TokenRevocation.revoke(record, in: change)
            return Outcome(
                accessToken: record.sealedToken != nil && byRefresh == nil ? token : record.tokenID,
                refreshToken: byRefresh == nil ? nil : token, authorizedUser: record.authorizedUser)
        }
    }
}
