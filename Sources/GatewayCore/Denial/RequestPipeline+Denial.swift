extension RequestPipeline {
    /// Refuses what administrators have shut out, before anything is counted. Policies about APIs and addresses are those of the API's
    /// tenant, policies about applications and users those of their own.
    @inline(__always)
    func denies(_ credential: Credential, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange) -> Bool {
        call.snapshot.denials.isEmpty ? false : isDenied(credential, api, call, exchange)
    }

    @inline(never)
    private func isDenied(_ credential: Credential, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange) -> Bool {
        let directory = call.snapshot.denials
        let denials = directory.denials(of: api.tenant)
        if denials?.deny(api, from: exchange.clientAddress.bytes) ?? false { return true }
        if denials?.denyUser(of: credential) ?? false { return true }
        guard let application = call.snapshot.applications[credential.application] else { return false }
        if denials?.denySubscription(api, application, exchange.keyType) ?? false { return true }
        guard let own = directory.denials(of: application.definition.tenant) else { return false }
        return own.deny(application) || own.denyUser(of: credential)
    }
}
