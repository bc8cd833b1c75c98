import Crypto
import FoundationEssentials
import Model

/// An API key that says nothing by itself: a prefix by which scanners for leaked secrets know it, 238 random bits, and a checksum that tells
/// a mistyped key from a wrong one without any look-up (`docs/api-keys.md`).
public enum OpaqueAPIKey {
    /// What every key begins with.
    public static let prefix = "mlk_"

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let randomCount = 40
    private static let checksumCount = 6

    /// A new key.
    public static func generate(_ random: RandomSource) -> String {
        var text = Array(prefix.utf8)
        while text.count < prefix.utf8.count + randomCount {
            // 248 is the largest multiple of 62 in a byte: bytes above would make some digits likelier than others.
            for byte in random.bytes(48) where byte < 248 && text.count < prefix.utf8.count + randomCount {
                text.append(digits[Int(byte) % 62])
            }
        }
        return String(decoding: text + checksum(text), as: UTF8.self)
    }

    /// Whether a text begins as keys do.
    public static func hasPrefix(_ text: some Collection<UInt8>) -> Bool { text.starts(with: prefix.utf8) }

    /// Whether a text has the form of a key and the right checksum; whether there is such a key is another question.
    public static func isWellFormed(_ text: [UInt8]) -> Bool {
        guard text.count == prefix.utf8.count + randomCount + checksumCount, hasPrefix(text) else { return false }
        let body = Array(text.dropLast(checksumCount))
        return Array(text.suffix(checksumCount)) == checksum(body)
            && body.dropFirst(prefix.utf8.count).allSatisfy(digits.contains)
    }

    /// CRC-32 of the text in base 62, the highest digit first.
    private static func checksum(_ text: [UInt8]) -> [UInt8] {
        var number = crc32(text)
        var output: [UInt8] = []
        for _ in 0..<checksumCount {
            output.append(digits[Int(number % 62)])
            number /= 62
        }
        return output.reversed()
    }

    /// The CRC of ISO/IEC 8802-3, as in gzip and zip.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xedb8_8320 : remainder >> 1 }
        }
        return ~remainder
    }
}

/// Turns keys into what is stored of them. The key of the hash keeps whoever can only write into the database from making a key up.
public struct APIKeyHashing: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: any text that is not to be guessed.
    public init(secret: String) { key = SymmetricKey(data: SHA256.hash(data: Data(secret.utf8))) }

    /// HMAC-SHA256 in hexadecimal.
    public func hash(_ apiKey: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Data(apiKey), using: key)
        return String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
