import Model
import Tokens

/// Looks once more at a credential that was refused, to tell why. The way of requests knows only that it is not good, which is all that
/// strangers may learn; here time matters less.
struct CredentialDiagnosis {
    let directory: CredentialDirectory
    let settings: CredentialSettings
    let nowMilliseconds: Int64

    func rule(_ text: [UInt8], _ kind: Credential.Kind, for api: CompiledAPI) -> DecisionRule {
        // What has no parts is no JWT: only the key manager that made it could tell more.
        guard text.contains(UInt8(ascii: ".")), kind != .basic, kind != .opaqueKey else { return .credentialInvalid }
        guard let jwt = try? JWT(compact: text) else { return .credentialMalformed }
        let reader = CredentialReader(directory: directory, settings: settings, keepsClaims: false)
        switch try? reader.read(text, kind, for: api) {
        case .accepted(let credential)?: return read(credential, kind, api)
        // The key manager was asked, and does not know the token.
        case .ask?: return .credentialInvalid
        case .unknownKey?: return .signatureWrong
        case nil: return unread(jwt, kind, api)
        }
    }

    private func read(_ credential: Credential, _ kind: Credential.Kind, _ api: CompiledAPI) -> DecisionRule {
        if directory.isRevoked(credential) { return .credentialRevoked }
        if nowMilliseconds >= credential.expires { return .credentialExpired }
        if nowMilliseconds < credential.notBefore { return .credentialNotYetValid }
        if kind == .oauth2, !api.security.accepts(keyManager: credential.keyManager?.name ?? "") {
            return .keyManagerNotAccepted
        }
        return credential.boundCertificate == nil ? .credentialInvalid : .certificateNotBound
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
