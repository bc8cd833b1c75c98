import Model
import Tokens

extension RequestPipeline {
    /// The certificate that a request comes with: the one that a trusted proxy hands on, else that of the connection.
    private func presentedCertificate(_ call: Call, _ head: RequestHead) -> ClientCertificate? {
        guard call.mayForwardCertificates, let field = RequestFields.find(settings.credentials.certificateHeader, head) else {
            return call.clientCertificate
        }
        let value = RequestFields.value(field.index, head)
        let der = ForwardedCertificate.der(value, isEncoded: settings.credentials.decodesCertificateHeader)
        return der.map { ClientCertificate(der: $0) }
    }

    /// SHA-256 of the certificate that a request comes with.
    func presentedFingerprint(_ call: Call, _ head: RequestHead) -> [UInt8]? {
        presentedCertificate(call, head)?.fingerprint
    }

    /// Removes the field with a forwarded certificate from what goes to the upstream, which must not take it for its own proxy's word.
    func removeForwardedCertificate(_ head: RequestHead, _ exchange: Exchange) {
        exchange.removedFields |= RequestFields.find(settings.credentials.certificateHeader, head)?.bits ?? 0
    }

    /// The credential that the certificate of a request stands for at an API; `nil` if there is no certificate, or none that counts. Refused
    /// are certificates that are not looked at, because too many others from the address were no good.
    func certificateCredential(
        _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Decision<Credential?> {
        guard let certificate = presentedCertificate(call, head) else { return .accepted(nil) }
        let directory = call.snapshot.credentials
        var key = certificate.fingerprint
        withUnsafeBytes(of: api.identity) { key.append(contentsOf: $0) }
        let hash = key.withUnsafeBytes { credentialCache.hash($0, .certificate, tenant: api.tenant) }
        let known = key.withUnsafeBytes {
            credentialCache.find($0, hash: hash, .certificate, tenant: api.tenant, nowMilliseconds: call.now)
        }
        if let known, known.epoch == directory.epoch { return .accepted(usable(known.credential, call)) }
        guard failureLimiter.allows(exchange.clientAddress.bytes, nowMilliseconds: call.now) else {
            return .refused(.tooManyFailures)
        }
        let credential = read(certificate, api, directory, call.now)
        if credential == nil { failureLimiter.noteFailure(exchange.clientAddress.bytes, nowMilliseconds: call.now) }
        let entry = CredentialCache.Entry(
            kind: .certificate, tenant: api.tenant, text: key, credential: credential,
            expires: credential?.expires ?? call.now + 30_000, epoch: directory.epoch)
        if entry.expires > call.now { credentialCache.insert(entry, hash: hash, nowMilliseconds: call.now) }
        return .accepted(usable(credential, call))
    }

    private func usable(_ credential: Credential?, _ call: Call) -> Credential? {
        guard let credential, call.now < credential.expires, call.now >= credential.notBefore else { return nil }
        return credential
    }

    /// Finds the uploaded certificate that a client's equals or, where chains count, that has issued it.
    private func read(
        _ certificate: ClientCertificate, _ api: CompiledAPI, _ directory: CredentialDirectory, _ now: Int64
    ) -> Credential? {
        guard let facts = CertificateFacts(der: certificate.der) else { return nil }
        var uploaded = directory.clientCertificate(apiIdentity: api.identity, fingerprint: certificate.fingerprint)
        if uploaded == nil, settings.credentials.validatesCertificateChains {
            uploaded = directory.clientCertificates(apiIdentity: api.identity)?.issuer(of: certificate, nowMilliseconds: now)
        }
        guard let uploaded else { return nil }
        var claims = CredentialClaims(kind: .certificate)
        claims.userName = Array(facts.name.utf8)
        claims.keyType = uploaded.keyType
        claims.notBefore = max(facts.notBeforeMilliseconds, uploaded.notBefore)
        claims.expires = min(facts.notAfterMilliseconds, uploaded.notAfter)
        claims.clientCertificate = uploaded
        return Credential(claims)
    }
}
