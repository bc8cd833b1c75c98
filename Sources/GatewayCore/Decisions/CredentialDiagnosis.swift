import Model
import Tokens

/// Looks once more at a credential that was refused, to tell why. The way of requests knows only that it is not good, which is all that
/// strangers may learn; here time matters less.
struct CredentialDiagnosis {
    let directory: CredentialDirectory
    let settings: CredentialSettings
    let nowMilliseconds: Int64

    /// What is wrong with a credential, and whose it is.
    struct Finding {
        var rule: DecisionRule
        /// Slot of the application, known only where the signature was right; -1 for none.
        var application: Int32 = -1
    }

    func finding(_ text: [UInt8], _ kind: Credential.Kind, for api: CompiledAPI) -> Finding {
        let reader = CredentialReader(directory: directory, settings: settings, keepsClaims: false)
        // What has no parts is no JWT: only the key manager that made it could tell more.
        guard text.contains(UInt8(ascii: ".")) || kind == .opaqueKey, kind != .basic else {
            return Finding(rule: .credentialInvalid)
        }
        let reading = try? reader.read(text, kind, for: api)
        if case .accepted(let credential)? = reading {
            return Finding(rule: rule(of: credential, kind, api), application: application(of: credential, api))
        }
        guard kind != .opaqueKey else { return Finding(rule: .credentialInvalid) }
        guard let jwt = try? JWT(compact: text) else { return Finding(rule: .credentialMalformed) }
        switch reading {
        // The key manager was asked, and does not know the token.
        case .ask?: return Finding(rule: .credentialInvalid)
        case .unknownKey?: return Finding(rule: .signatureWrong)
        case .accepted?, nil: return Finding(rule: unread(jwt, kind, api))
        }
    }

    private func application(of credential: Credential, _ api: CompiledAPI) -> Int32 {
        if let id = credential.applicationID { return directory.application(id: id) }
        guard let manager = credential.keyManager, let consumerKey = credential.consumerKey else { return -1 }
        return directory.mapping(manager, consumerKey: consumerKey, tenant: api.tenant)?.application ?? -1
    }

    private func rule(of credential: Credential, _ kind: Credential.Kind, _ api: CompiledAPI) -> DecisionRule {
        if directory.isRevoked(credential) { return .credentialRevoked }
        if nowMilliseconds >= credential.expires { return .credentialExpired }
        if nowMilliseconds < credential.notBefore { return .credentialNotYetValid }
        if kind == .oauth2, !api.security.accepts(keyManager: credential.keyManager?.name ?? "") {
            return .keyManagerNotAccepted
        }
        if credential.boundCertificate != nil { return .certificateNotBound }
        // Nothing is wrong with it, so it was not what the request lacked.
        return api.security.requiresMutualTLS ? .certificateMissing : .credentialInvalid
    }

    private func unread(_ jwt: JWT, _ kind: Credential.Kind, _ api: CompiledAPI) -> DecisionRule {
        let type = jwt["token_type"] ?? ""
        if kind == .oauth2 {
            if ["refresh_token", "InternalKey", "apiKey"].contains(type) { return .credentialOfWrongKind }
            guard let issuer = jwt.issuer,
                directory.keyManagers.managers(tenant: api.tenant, issuer: issuer).contains(where: \.validatesTokensLocally)
            else { return .issuerUnknown }
            return .signatureWrong
        }
        guard (type == "InternalKey") == (kind == .internalKey), ["InternalKey", "apiKey", ""].contains(type) else {
            return .credentialOfWrongKind
        }
        return .signatureWrong
    }
}
