import Model

/// What credentials are checked against. Sharded, so that a change copies little.
struct CredentialDirectory: Sendable {
    private let seed: UInt64
    private(set) var keyManagers = KeyManagerDirectory()
    private var mappings = ShardedIndex<CompiledKeyMapping>()
    private var subscriptions = ShardedIndex<CompiledSubscription>()
    private var applicationSlots = ShardedIndex<ApplicationSlot>()
    private var revocations = ShardedIndex<GatewayRevocation>()
    /// Grows whenever a cached credential may have lost or changed its meaning: it is looked up again before its next use.
    private(set) var epoch: UInt64 = 0

    private struct ApplicationSlot: Sendable {
        var id: String
        var number: Int
        var slot: Int32
    }

    init(seed: UInt64) { self.seed = seed }

    // MARK: Looking up

    /// The application that a client id of a key manager belongs to. A client of the platform's own key manager may belong to an
    /// application of another tenant: such subscribers call with keys of their own tenant.
    func mapping(_ manager: CompiledKeyManager, consumerKey: String) -> CompiledKeyMapping? {
        let hash = CompiledKeyMapping.hash(consumerKey, seed: seed)
        let own = mappings.first(hash) {
            $0.consumerKey == consumerKey && $0.keyManager == manager.name && $0.tenant == manager.tenant
        }
        guard own == nil, manager.name == GatewayKeyManager.residentName else { return own }
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
}
