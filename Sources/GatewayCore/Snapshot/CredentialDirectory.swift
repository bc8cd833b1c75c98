import Model

/// What credentials are checked against. Sharded, so that a change copies little.
struct CredentialDirectory: Sendable {
    private let seed: UInt64
    private(set) var keyManagers = KeyManagerDirectory()
    private(set) var apiKeys: APIKeyDirectory
    private var mappings = ShardedIndex<CompiledKeyMapping>()
    private var subscriptions = ShardedIndex<CompiledSubscription>()
    private var applicationSlots = ShardedIndex<ApplicationSlot>()
    private var revocations = ShardedIndex<GatewayRevocation>()
    private var revocationRules: [RuledSubject: GatewayRevocationRule] = [:]
    /// By identity of their API.
    private var clientCertificates: [Int32: ClientCertificates] = [:]
    /// Grows whenever a cached credential may have lost or changed its meaning: it is looked up again before its next use.
    private(set) var epoch: UInt64 = 0

    private struct ApplicationSlot: Sendable {
        var id: String
        var number: Int
        var slot: Int32
    }

    private struct RuledSubject: Hashable, Sendable {
        var tenant: Int
        var subject: GatewayRevocationRule.Subject
        var identifier: String

        init(_ tenant: Int, _ subject: GatewayRevocationRule.Subject, _ identifier: String) {
            self.tenant = tenant
            self.subject = subject
            self.identifier = identifier
        }
    }

    init(seed: UInt64) {
        self.seed = seed
        apiKeys = APIKeyDirectory(seed: seed)
    }

    // MARK: Looking up

    /// The application that a client id of a key manager belongs to. A client of the platform's own key manager may belong to an
    /// application of another tenant: such subscribers call with keys of their own tenant. So may one of a key manager for all tenants.
    func mapping(_ manager: CompiledKeyManager, consumerKey: String, tenant: Int) -> CompiledKeyMapping? {
        let hash = CompiledKeyMapping.hash(consumerKey, seed: seed)
        let own = mappings.first(hash) {
            $0.consumerKey == consumerKey && $0.keyManager == manager.name
                && $0.tenant == (manager.isGlobal ? tenant : manager.tenant)
        }
        guard own == nil, manager.name == GatewayKeyManager.residentName || manager.isGlobal else { return own }
        return mappings.first(hash) { $0.consumerKey == consumerKey && $0.keyManager == manager.name }
    }

    @inline(__always)
    func subscription(application: Int32, apiIdentity: Int32) -> CompiledSubscription? {
        subscriptions.first(CompiledSubscription.hash(application: application, apiIdentity: apiIdentity)) {
            $0.matches(application: application, apiIdentity: apiIdentity)
        }
    }

    /// The slot of the application with a UUID, or -1.
    func application(id: String) -> Int32 {
        applicationSlots.first(hash(id)) { $0.id == id }?.slot ?? -1
    }

    func isRevoked(tokenID: String) -> Bool { revocations.first(hash(tokenID)) { $0.tokenID == tokenID } != nil }

    /// Whether a token must not be used any more: it was revoked itself, or with all tokens of its client or user.
    func isRevoked(_ credential: Credential) -> Bool {
        if let tokenID = credential.tokenID, isRevoked(tokenID: tokenID) { return true }
        guard !revocationRules.isEmpty else { return false }
        if credential.kind == .basic {
            return isRuled(credential.userTenant, .signIn, credential.userID, credential.issued)
        }
        guard let tenant = credential.keyManager?.tenant else { return false }
        return isRuled(tenant, .consumerKey, credential.consumerKey, credential.issued)
            || isRuled(tenant, .user, credential.userID, credential.issued)
    }

    private func isRuled(
        _ tenant: Int, _ subject: GatewayRevocationRule.Subject, _ identifier: String?, _ issued: Int64
    ) -> Bool {
        guard let identifier, let rule = revocationRules[RuledSubject(tenant, subject, identifier)] else { return false }
        return issued <= rule.revokedMilliseconds
    }

    /// The uploaded certificate of an API with a digest.
    func clientCertificate(apiIdentity: Int32, fingerprint: [UInt8]) -> CompiledClientCertificate? {
        clientCertificates[apiIdentity]?.find(fingerprint: fingerprint)
    }

    /// The uploaded certificates of an API.
    func clientCertificates(apiIdentity: Int32) -> ClientCertificates? { clientCertificates[apiIdentity] }

    private func hash(_ text: String) -> UInt64 { ByteHash.hash(Array(text.utf8), seed: seed) }

    // MARK: Changing

    mutating func setKeyManager(_ manager: CompiledKeyManager?, for key: String) {
        epoch += 1
        keyManagers.set(manager, for: key)
    }

    mutating func set(_ mapping: CompiledKeyMapping) {
        epoch += 1
        mappings.set(mapping, for: CompiledKeyMapping.hash(mapping.consumerKey, seed: seed)) { Self.isSame($0, mapping) }
    }

    mutating func remove(_ mapping: CompiledKeyMapping) {
        epoch += 1
        mappings.remove(CompiledKeyMapping.hash(mapping.consumerKey, seed: seed)) { Self.isSame($0, mapping) }
    }

    private static func isSame(_ left: CompiledKeyMapping, _ right: CompiledKeyMapping) -> Bool {
        left.consumerKey == right.consumerKey && left.keyManager == right.keyManager && left.tenant == right.tenant
    }

    mutating func set(_ subscription: CompiledSubscription) {
        subscriptions.set(subscription, for: Self.hash(subscription)) {
            $0.matches(application: subscription.application, apiIdentity: subscription.apiIdentity)
        }
    }

    mutating func remove(_ subscription: CompiledSubscription) {
        subscriptions.remove(Self.hash(subscription)) { $0 === subscription }
    }

    private static func hash(_ subscription: CompiledSubscription) -> UInt64 {
        CompiledSubscription.hash(application: subscription.application, apiIdentity: subscription.apiIdentity)
    }

    mutating func setApplication(id: String, number: Int, slot: Int32) {
        applicationSlots.set(ApplicationSlot(id: id, number: number, slot: slot), for: hash(id)) { $0.id == id }
    }

    mutating func removeApplication(id: String) {
        epoch += 1
        applicationSlots.remove(hash(id)) { $0.id == id }
    }

    mutating func set(_ revocation: GatewayRevocation) {
        epoch += 1
        revocations.set(revocation, for: hash(revocation.tokenID)) { $0.tokenID == revocation.tokenID }
    }

    mutating func removeRevocation(tokenID: String) {
        epoch += 1
        revocations.remove(hash(tokenID)) { $0.tokenID == tokenID }
    }

    mutating func set(_ rule: GatewayRevocationRule) {
        epoch += 1
        revocationRules[RuledSubject(rule.tenant, rule.subject, rule.identifier)] = rule
    }

    mutating func remove(_ rule: GatewayRevocationRule) {
        epoch += 1
        revocationRules[RuledSubject(rule.tenant, rule.subject, rule.identifier)] = nil
    }

    /// Puts a certificate in the place of the one with its key.
    mutating func set(_ certificate: CompiledClientCertificate) {
        epoch += 1
        let others = clientCertificates[certificate.apiIdentity]
        clientCertificates[certificate.apiIdentity] =
            others?.replacing(certificate.key, by: certificate) ?? ClientCertificates([certificate])
    }

    mutating func remove(_ certificate: CompiledClientCertificate) {
        epoch += 1
        clientCertificates[certificate.apiIdentity] =
            clientCertificates[certificate.apiIdentity]?.replacing(certificate.key, by: nil)
    }

    mutating func set(_ key: CompiledAPIKey) {
        epoch += 1
        apiKeys.set(key)
    }

    mutating func remove(_ key: CompiledAPIKey) {
        epoch += 1
        apiKeys.remove(key)
    }

    mutating func set(_ hashing: GatewayAPIKeyHashing?) {
        epoch += 1
        apiKeys.set(hashing)
    }
}
