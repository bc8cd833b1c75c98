import FoundationEssentials
import Model

/// A change in the form of the tables `gateway_entity` and `gateway_change`.
struct StoredGatewayChange {
    let kind: GatewayEntity.Kind
    let key: String
    /// Of an entity that stays; see ``owner(in:)``.
    let tenant: Int
    /// Of a deployed API.
    let revision: String?
    let content: Content

    /// What the row of an entity holds.
    enum Content {
        /// The entity as JSON.
        case text(String)
        /// The JSON of an entity with secrets, sealed as a whole.
        case sealed(String)
        /// There is no entity any more.
        case removed
    }

    /// `vault` seals entities with secrets; without one they are refused.
    init(_ change: GatewayChange, vault: Vault?) throws {
        switch change {
        case .put(let entity):
            kind = entity.kind
            key = entity.key
            tenant = entity.tenant
            revision = if case .api(let api) = entity { api.revisionID } else { nil }
            let (text, hasSecrets) = try entity.storedText()
            guard hasSecrets else {
                content = .text(text)
                return
            }
            guard let vault else { throw StorageError.noVault }
            content = .sealed(try vault.seal(text, context: Self.context(key: key)))
        case .remove(let kind, let key):
            self.kind = kind
            self.key = key
            tenant = 0
            revision = nil
            content = .removed
        }
    }

    var isRemoval: Bool { if case .removed = content { true } else { false } }

    /// What a sealed entity belongs to; see ``GatewayEntityReader/sealedColumn``.
    static func context(key: String) -> String { "\(GatewayEntityReader.sealedColumn.context):\(key)" }

    /// The tenant whose entity it is. For a removal that is known only as long as the entity is there.
    func owner(in connection: any SQLConnection) throws -> Int? {
        guard isRemoval else { return tenant }
        return try connection.first(
            "SELECT tenant_id FROM gateway_entity WHERE kind = ? AND entity_key = ?", [SQLValue(kind.rawValue), SQLValue(key)]
        )?.int("tenant_id")
    }

    func storeEntity(sequence: Int64, in transaction: any SQLTransaction) throws {
        switch content {
        case .text(let text): try put(value: text, sealed: nil, sequence: sequence, in: transaction)
        case .sealed(let sealed): try put(value: "", sealed: sealed, sequence: sequence, in: transaction)
        case .removed:
            try transaction.execute(
                "DELETE FROM gateway_entity WHERE kind = ? AND entity_key = ?", [SQLValue(kind.rawValue), SQLValue(key)])
        }
    }

    private func put(value: String, sealed: String?, sequence: Int64, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO gateway_entity (kind, entity_key, tenant_id, sequence, revision_id, value, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (kind, entity_key) DO UPDATE SET tenant_id = excluded.tenant_id, sequence = excluded.sequence,
                revision_id = excluded.revision_id, value = excluded.value, sealed = excluded.sealed
            """,
            [
                SQLValue(kind.rawValue), SQLValue(key), SQLValue(tenant), SQLValue(sequence), SQLValue(revision),
                SQLValue(value), SQLValue(sealed),
            ])
    }
}

extension GatewayEntity {
    /// The entity's value as JSON text, without kind and key, and whether the text contains secrets.
    func storedText() throws -> (text: String, hasSecrets: Bool) {
        let encoder = JSONEncoder()
        let witness = GatewaySecretWitness()
        encoder.userInfo[GatewaySecretWitness.key] = witness
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data =
            switch self {
            case .api(let value): try encoder.encode(value)
            case .application(let value): try encoder.encode(value)
            case .keyMapping(let value): try encoder.encode(value)
            case .subscription(let value): try encoder.encode(value)
            case .policy(let value): try encoder.encode(value)
            case .keyManager(let value): try encoder.encode(value)
            case .revocation(let value): try encoder.encode(value)
            case .revocationRule(let value): try encoder.encode(value)
            case .apiKey(let value): try encoder.encode(value)
            case .apiKeyHashing(let value): try encoder.encode(value)
            case .tokenKey(let value): try encoder.encode(value)
            case .clientCertificate(let value): try encoder.encode(value)
            case .endpointCertificate(let value): try encoder.encode(value)
            case .globalPolicies(let value): try encoder.encode(value)
            case .denyPolicy(let value): try encoder.encode(value)
            case .customRule(let value): try encoder.encode(value)
            case .logging(let value): try encoder.encode(value)
            }
        return (String(decoding: data, as: UTF8.self), witness.sawSecret)
    }

    /// Reads many stored values of one kind; one pass of the decoder over all of them is several times quicker than one each.
    static func stored(kind: Kind, texts: [String]) throws -> [GatewayEntity] {
        var bytes = Data("[".utf8)
        bytes.reserveCapacity(texts.reduce(2) { $0 + $1.utf8.count + 1 })
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "]"))
        let decoder = JSONDecoder()
        return switch kind {
        case .api: try decoder.decode([GatewayAPI].self, from: bytes).map(GatewayEntity.api)
        case .application: try decoder.decode([GatewayApplication].self, from: bytes).map(GatewayEntity.application)
        case .keyMapping: try decoder.decode([GatewayKeyMapping].self, from: bytes).map(GatewayEntity.keyMapping)
        case .subscription: try decoder.decode([GatewaySubscription].self, from: bytes).map(GatewayEntity.subscription)
        case .policy: try decoder.decode([GatewayPolicy].self, from: bytes).map(GatewayEntity.policy)
        case .keyManager: try decoder.decode([GatewayKeyManager].self, from: bytes).map(GatewayEntity.keyManager)
        case .revocation: try decoder.decode([GatewayRevocation].self, from: bytes).map(GatewayEntity.revocation)
        case .revocationRule:
            try decoder.decode([GatewayRevocationRule].self, from: bytes).map(GatewayEntity.revocationRule)
        case .apiKey: try decoder.decode([GatewayAPIKey].self, from: bytes).map(GatewayEntity.apiKey)
        case .apiKeyHashing:
            try decoder.decode([GatewayAPIKeyHashing].self, from: bytes).map(GatewayEntity.apiKeyHashing)
        case .tokenKey: try decoder.decode([GatewayTokenKey].self, from: bytes).map(GatewayEntity.tokenKey)
        case .clientCertificate:
            try decoder.decode([GatewayClientCertificate].self, from: bytes).map(GatewayEntity.clientCertificate)
        case .endpointCertificate:
            try decoder.decode([GatewayEndpointCertificate].self, from: bytes).map(GatewayEntity.endpointCertificate)
        case .globalPolicies:
            try decoder.decode([GatewayGlobalPolicies].self, from: bytes).map(GatewayEntity.globalPolicies)
        case .denyPolicy: try decoder.decode([GatewayDenyPolicy].self, from: bytes).map(GatewayEntity.denyPolicy)
        case .customRule: try decoder.decode([GatewayCustomRule].self, from: bytes).map(GatewayEntity.customRule)
        case .logging: try decoder.decode([GatewayLogging].self, from: bytes).map(GatewayEntity.logging)
        }
    }
}
