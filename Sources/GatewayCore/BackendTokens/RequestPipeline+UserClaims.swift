import Model

/// What the user store said of a credential's user.
struct KnownUserClaims {
    /// `nil` if there is no such user, or if nothing was ever answered.
    var claims: UserClaims?
    /// When the user store is asked again, milliseconds since 1970.
    var expires: Int64
    /// Whether the last question was answered.
    var isAnswered: Bool
}

extension RequestPipeline {
    /// Has the user store asked about the user of a call, if the backend is to be told and it is not known. When it gives no answer, the call
    /// goes on with what it last said.
    @inline(never)
    func learnUserClaims(
        _ tokens: BackendTokenSettings, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> StageOutcome? {
        guard let settings = tokens.userClaims, let authority = self.settings.authority, let credential = exchange.credential,
            backendToken(of: credential, api, call, exchange) == nil,
            (credential.userClaims?.expires ?? .min) <= call.now, let user = credential.storedUser(for: api)
        else { return nil }
        let asked = call.now
        return .waits(
            Errand("the user store", timeoutMilliseconds: Self.userStoreTimeout) {
                try await authority.claims(ofUser: user.id, tenant: user.tenant)
            } resume: { [self] (result: Result<UserClaims?, any Error>) in
                let now = max(asked, answered)
                // It has to be known when the request goes on, so it is never forgotten at once.
                switch result {
                case .success(let claims):
                    let lifetime = max(settings.cacheMilliseconds, Self.userStorePause)
                    credential.userClaims = KnownUserClaims(claims: claims, expires: now + lifetime, isAnswered: true)
                case .failure:
                    credential.userClaims = KnownUserClaims(
                        claims: credential.userClaims?.claims, expires: now + Self.userStorePause, isAnswered: false)
                }
                return .again
            })
    }

    private static var userStoreTimeout: Int64 { 5_000 }
    /// Shortest time between two questions about a credential's user, in milliseconds.
    static var userStorePause: Int64 { 10_000 }
}

extension Credential {
    /// The user of the platform's own user store whose credential this is, and the user's tenant; `nil` for applications, and for users of
    /// other key managers, who may have the same ids.
    fileprivate func storedUser(for api: CompiledAPI) -> (id: String, tenant: Int)? {
        guard subject == .user, let userID else { return nil }
        switch kind {
        case .basic: return (userID, userTenant)
        case .oauth2:
            guard let keyManager, keyManager.name == GatewayKeyManager.residentName else { return nil }
            return (userID, keyManager.isGlobal ? api.tenant : keyManager.tenant)
        case .apiKey, .opaqueKey, .internalKey, .certificate, .anonymous: return nil
        }
    }
}
