import Crypto
import FoundationEssentials
import Model

/// The key that seals the platform's secrets: 32 random bytes, from a file of the data directory or, where several nodes share a
/// database, from the configuration.
public struct VaultKey: Sendable {
    let key: SymmetricKey

    private init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// Reads the key from Base64 text. `source` names where the text came from, for the error's message.
    public init(base64 text: String, source: String) throws {
        let trimmed = text.filter { !$0.isWhitespace }
        guard let bytes = Data(base64Encoded: trimmed), bytes.count == Self.length else {
            throw StorageError.invalidVaultKey(source: source)
        }
        self.init(bytes: [UInt8](bytes))
    }

    /// A new key.
    public static func generate(_ random: RandomSource) -> VaultKey { VaultKey(bytes: random.bytes(length)) }

    /// The key of the file at `path`, which is created with a new key, readable by its owner only, when it does not exist.
    public static func load(path: String, random: RandomSource) throws -> VaultKey {
        if !DurableFile.exists(path) { try generate(random).write(to: path) }
        return try VaultKey(file: path)
    }

    /// The key of the file at `path`; `nil` when there is no such file.
    public static func existing(path: String) throws -> VaultKey? {
        DurableFile.exists(path) ? try VaultKey(file: path) : nil
    }

    private init(file path: String) throws {
        try self.init(base64: String(decoding: try DurableFile.read(path), as: UTF8.self), source: path)
    }

    func write(to path: String) throws {
        try DurableFile.write(Array((base64 + "\n").utf8), to: path)
    }

    var base64: String { key.withUnsafeBytes { Data($0).base64EncodedString() } }

    /// Tells keys apart without giving anything away about them.
    public var fingerprint: String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("martlet vault fingerprint".utf8), using: key)
        return Data(code.prefix(16)).base64EncodedString()
    }

    static let length = 32
}
