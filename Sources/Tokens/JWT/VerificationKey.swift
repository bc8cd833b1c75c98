import Crypto
import CryptoExtras
import FoundationEssentials

/// A public key in the form that the cryptographic library works with.
struct VerificationKey: Sendable {
    private enum Material {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
    }

    let keyID: String?
    private let material: Material
    private let onlyAlgorithm: String?

    /// `nil` if the key is too weak or no point of its curve.
    init?(_ key: JSONWebKey) {
        guard let material = Self.material(key.material) else { return nil }
        self.material = material
        keyID = key.keyID
        onlyAlgorithm = key.algorithm
    }

    private static func material(_ material: JSONWebKey.Material) -> Material? {
        switch material {
        case .rsa(let modulus, let exponent):
            // Also bounds the cost of one verification: 8192 bits are the most that anybody uses.
            let bits = modulus.drop { $0 == 0 }.count * 8
            guard (2048...8192).contains(bits), exponent.count <= 4 else { return nil }
            return (try? _RSA.Signing.PublicKey(n: modulus, e: exponent)).map(Material.rsa)
        case .ellipticCurve(let curve, let x, let y):
            guard x.count == curve.coordinateByteCount, y.count == curve.coordinateByteCount else { return nil }
            switch curve {
            case .p256: return (try? P256.Signing.PublicKey(rawRepresentation: x + y)).map(Material.p256)
            case .p384: return (try? P384.Signing.PublicKey(rawRepresentation: x + y)).map(Material.p384)
            }
        }
    }

    func accepts(_ algorithm: JWTAlgorithm) -> Bool {
        guard onlyAlgorithm == nil || onlyAlgorithm == algorithm.rawValue else { return false }
        switch (material, algorithm) {
        case (.p256, .es256), (.p384, .es384): return true
        case (.rsa, .es256), (.rsa, .es384): return false
        case (.rsa, _): return true
        default: return false
        }
    }

    func isValid(_ signature: [UInt8], of message: [UInt8], _ algorithm: JWTAlgorithm) -> Bool {
        switch material {
        case .rsa(let key): return Self.isValid(signature, of: message, algorithm, key)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: message))
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA384.hash(data: message))
        }
    }

    private static func isValid(
        _ signature: [UInt8], of message: [UInt8], _ algorithm: JWTAlgorithm, _ key: _RSA.Signing.PublicKey
    ) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        switch algorithm {
        case .rs256: return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs384: return key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs512: return key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
        case .ps256: return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
        case .ps384: return key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
        case .ps512: return key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
        case .es256, .es384: return false
        }
    }
}
