import Model

/// A backend token in the form in which it is sent, as a credential keeps it.
struct BackendTokenLine {
    /// `name: value\r\n`.
    var bytes: [UInt8]
    /// When another one is made; a while before the token's own end.
    var renewal: Int64
    /// What the token was made for.
    var application: Int32
    var plan: Int32
    var keyType: KeyType
}

extension RequestPipeline {
    /// Tells the backend who calls. The token is made once for a credential and an API, and used until shortly before its end.
    @inline(never)
    func addBackendToken(
        _ settings: BackendTokenSettings, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Refusal? {
        // What a client sends in its place is never passed on.
        if RequestFields.isLate(backendTokenField, head) { return .tooManyFields }
        exchange.removedFields |= RequestFields.find(backendTokenField, head)?.bits ?? 0
        guard let credential = exchange.credential, credential.kind != .anonymous,
            let key = call.snapshot.tokenKeys[api.tenant]
        else { return nil }
        if let line = backendToken(of: credential, api, call, exchange) {
            exchange.addedRequestLines += line.bytes
            return nil
        }
        let claims = BackendClaims(
            settings: settings, api: api, credential: credential,
            application: call.snapshot.applications[exchange.application],
            plan: exchange.subscription?.plan ?? credential.clientCertificate?.plan ?? "", keyType: exchange.keyType)
        guard
            let token = try? BackendTokenWriter(settings: settings, key: key).token(claims.json(nowMilliseconds: call.now))
        else { return nil }
        var use = settings.lifetimeMilliseconds * 9 / 10
        // Without an answer of the user store it is one for now.
        if credential.userClaims?.isAnswered == false { use = min(use, Self.userStorePause) }
        let line = BackendTokenLine(
            bytes: Array("\(settings.header): \(token)\r\n".utf8), renewal: call.now + use,
            application: exchange.application, plan: exchange.subscription?.policy ?? -1, keyType: exchange.keyType)
        if credential.backendTokens.count >= 64 { credential.backendTokens.removeAll() }
        credential.backendTokens[api.identity] = line
        exchange.addedRequestLines += line.bytes
        return nil
    }

    /// The token that was made for such a call before, if it is still used.
    @inline(__always)
    func backendToken(
        of credential: Credential, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> BackendTokenLine? {
        guard let line = credential.backendTokens[api.identity], line.renewal > call.now,
            line.application == exchange.application, line.plan == exchange.subscription?.policy ?? -1,
            line.keyType == exchange.keyType
        else { return nil }
        return line
    }

    /// Answers for the public keys of backend tokens, if a path asks for them.
    func keySetAnswer(_ path: UnsafeRawBufferPointer, _ call: Call, _ exchange: Exchange) -> Bool {
        guard settings.backendTokens != nil, path.count <= 300 else { return false }
        let text = String(decoding: path, as: UTF8.self)
        let key: CompiledTokenKey? =
            if text == "/jwks" {
                call.snapshot.tokenKeys[Tenant.superTenant.id]
            } else if text.hasPrefix("/t/"), text.hasSuffix("/jwks"), text.utf8.count > 8 {
                call.snapshot.tokenKeys.key(domain: String(text.dropFirst(3).dropLast(5)))
            } else { nil }
        guard let key else { return false }
        exchange.answer.status = 200
        exchange.answer.headerLines += Array("Content-Type: application/json\r\nCache-Control: max-age=300\r\n".utf8)
        exchange.answer.body += key.keySet
        return true
    }
}
