import Crypto
import CryptoExtras
import FoundationEssentials
import Model
import Tokens

/// How much work one guess of a password costs (RFC 7914 §2).
public struct PasswordCost: Sendable, Hashable {
    /// Base-2 logarithm of N.
    public var exponent: Int
    /// r.
    public var blockSize: Int
    /// p.
    public var parallelism: Int

    public init(exponent: Int, blockSize: Int, parallelism: Int) {
        self.exponent = exponent
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// N = 2^15, r = 8, p = 3: 32 MB and about a fifth of a second.
    public static let standard = PasswordCost(exponent: 15, blockSize: 8, parallelism: 3)
}

/// A salted scrypt hash, as text `scrypt$15$8$3$<salt>$<hash>`.
struct PasswordHash: Sendable, Hashable {
    var cost: PasswordCost
    var salt: [UInt8]
    var digest: [UInt8]

    private static let saltLength = 16
    private static let digestLength = 32

    /// Hashes `password` with a new salt. Takes as long as `cost` says: call it through ``PasswordHasher``.
    init(of password: String, cost: PasswordCost, random: RandomSource) throws {
        self.cost = cost
        salt = random.bytes(Self.saltLength)
        digest = try Self.derive(password, salt, cost)
    }

    /// Reads the text form; `nil` if it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "$")
        guard parts.count == 6, parts[0] == "scrypt", let exponent = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Base64URL.decode(String(parts[4])),
            let digest = Base64URL.decode(String(parts[5]))
        else { return nil }
        cost = PasswordCost(exponent: exponent, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.digest = digest
    }

    var text: String {
        "scrypt$\(cost.exponent)$\(cost.blockSize)$\(cost.parallelism)$\(Base64URL.encode(salt))$\(Base64URL.encode(digest))"
    }

    /// Whether the hash is that of `password`, compared in constant time.
    func matches(_ password: String) throws -> Bool {
        isEqualInConstantTime(try Self.derive(password, salt, cost), digest)
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: PasswordCost) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: Data(salt), outputByteCount: digestLength, rounds: 1 << cost.exponent,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}
