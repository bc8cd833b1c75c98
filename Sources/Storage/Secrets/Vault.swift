import Crypto
import FoundationEssentials
import Model

/// Seals secrets for the database and recognises those of which only a keyed hash is stored.
public struct Vault: Sendable {
    private let key: SymmetricKey
    private let hashKey: SymmetricKey
    private let random: RandomSource
    /// What may stand before the colon of a context; `nil` is anything.
    private let contexts: Set<String>?

    /// The vault of a migrated database. The first vault that is opened on a database decides its key; with another one this throws
    /// ``StorageError/wrongVaultKey``.
    ///
    /// - Parameter columns: where sealed values are stored. With them the vault seals nothing that the rotation of its key would not find
    ///   again; without, it seals anything.
    public static func open(
        key: VaultKey, store: any SQLStore, columns: [SealedColumn]? = nil, random: RandomSource = .system
    ) async throws -> Vault {
        let hashKey = try await store.write { transaction in try storedHashKey(key, random, transaction) }
        return Vault(key: key.key, hashKey: hashKey, random: random, contexts: columns.map { Set($0.map(\.context)) })
    }

    /// Encrypts with AES-GCM. `context` says what the secret belongs to, for instance `endpoint-security:<id>`; a sealed value copied
    /// elsewhere does not open there.
    ///
    /// Throws ``StorageError/unknownSecret(context:)`` when the vault does not know the column of that context.
    public func seal(_ plaintext: String, context: String) throws -> String {
        if let contexts, !contexts.contains(String(context.prefix { $0 != ":" })) {
            throw StorageError.unknownSecret(context: context)
        }
        return try Self.seal(Data(plaintext.utf8), context: context, key: key, random: random)
    }

    /// Decrypts what ``seal(_:context:)`` made; throws ``StorageError/unsealFailed`` for anything else.
    public func open(_ sealed: String, context: String) throws -> String {
        guard let text = String(validating: try Self.open(sealed, context: context, key: key), as: UTF8.self) else {
            throw StorageError.unsealFailed
        }
        return text
    }

    /// The keyed hash (HMAC-SHA256) of a random secret, for instance a client secret. Not for passwords, which can be guessed.
    /// It stays valid when the vault's key is rotated.
    public func hash(_ secret: String, context: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Self.hashed(secret, context), using: hashKey)).base64EncodedString()
    }

    /// Whether `hash` is that of `secret`, compared in constant time.
    public func matches(_ secret: String, hash: String, context: String) -> Bool {
        guard let code = Data(base64Encoded: hash) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.hashed(secret, context), using: hashKey)
    }

    var hashKeyBytes: Data { hashKey.withUnsafeBytes { Data($0) } }

    /// The length in front keeps context and secret apart.
    private static func hashed(_ secret: String, _ context: String) -> Data {
        Data("\(context.utf8.count):\(context)\(secret)".utf8)
    }
}

extension Vault {
    static let hashKeyContext = "vault:hash-key"
    private static let version = "v1:"

    static func seal(_ plaintext: Data, context: String, key: SymmetricKey, random: RandomSource) throws -> String {
        let nonce = try AES.GCM.Nonce(data: random.bytes(12))
        let box = try AES.GCM.seal(plaintext, using: key, nonce: nonce, authenticating: Data(context.utf8))
        return version + (Data(nonce) + box.ciphertext + box.tag).base64EncodedString()
    }

    static func open(_ sealed: String, context: String, key: SymmetricKey) throws -> Data {
        guard sealed.hasPrefix(version), let bytes = Data(base64Encoded: String(sealed.dropFirst(version.count))),
            let box = try? AES.GCM.SealedBox(combined: bytes),
            let plaintext = try? AES.GCM.open(box, using: key, authenticating: Data(context.utf8))
        else { throw StorageError.unsealFailed }
        return plaintext
    }

    /// Tells which key seals the secrets of the database; `nil` before the first vault was opened.
    static func storedFingerprint(_ connection: any SQLConnection) throws -> String? {
        try connection.first("SELECT fingerprint FROM vault WHERE id = 1")?.text("fingerprint")
    }

    /// The database's hash key; made and stored with the fingerprint of `key` when the database has none yet.
    private static func storedHashKey(
        _ key: VaultKey, _ random: RandomSource, _ transaction: any SQLTransaction
    ) throws -> SymmetricKey {
        guard let row = try transaction.first("SELECT fingerprint, hash_key FROM vault WHERE id = 1") else {
            let bytes = Data(random.bytes(VaultKey.length))
            let sealed = try seal(bytes, context: hashKeyContext, key: key.key, random: random)
            try transaction.execute(
                "INSERT INTO vault (id, fingerprint, hash_key) VALUES (1, ?, ?)", [SQLValue(key.fingerprint), SQLValue(sealed)])
            return SymmetricKey(data: bytes)
        }
        guard try row.text("fingerprint") == key.fingerprint else { throw StorageError.wrongVaultKey }
        return SymmetricKey(data: try open(try row.text("hash_key"), context: hashKeyContext, key: key.key))
    }
}
