import Model

extension RequestPipeline {
    /// The stand-in for a credential: one a client address and API, so that its calls can be counted.
    func anonymous(_ api: CompiledAPI, _ call: Call, _ exchange: Exchange) -> Credential {
        // Where nothing is counted, one stands in for all: it is at hand, while those of many callers and APIs are far apart in memory.
        if call.snapshot.policies[api.anonymousPolicy]?.limit == nil { return anyone }
        anonymousKey.removeAll(keepingCapacity: true)
        withUnsafeBytes(of: api.identity) { anonymousKey.append(contentsOf: $0) }
        anonymousKey.append(contentsOf: exchange.clientAddress.bytes)
        return anonymousKey.withUnsafeBytes { key in
            let hash = credentialCache.hash(key, .anonymous, tenant: api.tenant)
            let known = credentialCache.find(key, hash: hash, .anonymous, tenant: api.tenant, nowMilliseconds: call.now)
            if let credential = known?.credential { return credential }
            let credential = Credential.anonymous()
            let entry = CredentialCache.Entry(
                kind: .anonymous, tenant: api.tenant, text: Array(key), credential: credential, expires: .max, epoch: 0)
            credentialCache.insert(entry, hash: hash, nowMilliseconds: call.now)
            return credential
        }
    }
}

extension Credential {
    /// A credential of somebody unknown.
    static func anonymous() -> Credential {
        var claims = CredentialClaims(kind: .anonymous)
        claims.userName = Array("anonymous".utf8)
        return Credential(claims)
    }
}
