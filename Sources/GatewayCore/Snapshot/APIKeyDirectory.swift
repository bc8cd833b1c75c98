import Model
import Tokens

/// The opaque API keys of all tenants. Sharded, so that a change copies little.
struct APIKeyDirectory: Sendable {
    private let seed: UInt64
    private var keys = ShardedIndex<CompiledAPIKey>()
    private(set) var hashing: APIKeyHashing?

    init(seed: UInt64) { self.seed = seed }

    /// The key of a text; `nil` if it is none of a tenant's.
    func find(_ text: [UInt8], tenant: Int) -> CompiledAPIKey? {
        guard OpaqueAPIKey.isWellFormed(text), let hash = hashing?.hash(text), let key = find(hash: hash),
            key.definition.tenant == tenant
        else { return nil }
        return key
    }

    func find(hash: String) -> CompiledAPIKey? { keys.first(place(hash)) { $0.definition.hash == hash } }

    mutating func set(_ key: CompiledAPIKey) {
        keys.set(key, for: place(key.definition.hash)) { $0.definition.hash == key.definition.hash }
    }

    mutating func remove(_ key: CompiledAPIKey) {
        keys.remove(place(key.definition.hash)) { $0 === key }
    }

    mutating func set(_ hashing: GatewayAPIKeyHashing?) {
        self.hashing = hashing.map { APIKeyHashing(secret: $0.secret.value) }
    }

    private func place(_ hash: String) -> UInt64 { ByteHash.hash(Array(hash.utf8), seed: seed) }
}
