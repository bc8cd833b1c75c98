/// An authorization field with several credentials, one for the gateway and the others for the upstream:
/// `Authorization: Bearer TOKEN, Basic …`, in either order (`docs/security-schemes.md`).
struct CombinedCredentials {
    /// The first bearer token, without scheme.
    let token: UnsafeRawBufferPointer
    /// The other credentials, with the commas between them.
    let others: [UInt8]

    /// `nil` for a field with a single credential, and for one without a bearer token.
    init?(_ value: UnsafeRawBufferPointer) {
        guard value.contains(Self.comma) else { return nil }
        var found: UnsafeRawBufferPointer?
        var others: [UInt8] = []
        for part in value.split(separator: Self.comma) {
            let part = Bytes.trimmed(UnsafeRawBufferPointer(rebasing: part))
            if part.isEmpty { continue }
            if found == nil, let token = CredentialOffer.credential(part, "bearer") {
                found = token
            } else {
                others += (others.isEmpty ? "" : ", ").utf8
                others += part
            }
        }
        guard let found, !others.isEmpty else { return nil }
        token = found
        self.others = others
    }

    private static let comma = UInt8(ascii: ",")
}

extension RequestPipeline {
    /// The field in which the API takes access tokens.
    func authorizationField(_ api: CompiledAPI, _ call: Call, _ head: RequestHead) -> UnsafeRawBufferPointer {
        guard let name = api.security.authorizationHeader else {
            return RequestFields.value(call.fields.authorization, head)
        }
        return RequestFields.value(RequestFields.find(name, head)?.index ?? -1, head)
    }

    /// Checks the token of a field with several credentials. When it is good the others go on to the upstream, which they are for.
    @inline(never)
    func checkCombined(
        _ field: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Decision<Credential>? {
        guard let combined = CombinedCredentials(field) else { return nil }
        let decision = check(combined.token, .oauth2, api, call, head, exchange)
        // Not where the whole field is passed on anyway, the gateway has its own credential for the upstream, or a password is meant for it.
        let goesOn = !settings.passesAuthorization && !api.hasEndpointSecurity && !api.security.acceptsBasic
        if case .accepted = decision, goesOn {
            exchange.addedRequestLines.append(Array("\(api.security.authorizationHeaderName): ".utf8))
            exchange.addedRequestLines.append(combined.others)
            exchange.addedRequestLines.append("\r\n")
        }
        return decision
    }
}
