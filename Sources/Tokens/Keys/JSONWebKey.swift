import Documents

/// A public key as a JSON Web Key (RFC 7517).
public struct JSONWebKey: Sendable, Hashable {
    /// The curves that the platform accepts (RFC 7518 §6.2.1.1).
    public enum Curve: String, Sendable {
        case p256 = "P-256"
        case p384 = "P-384"

        var coordinateByteCount: Int { self == .p256 ? 32 : 48 }
    }

    /// The key itself; integers are big-endian bytes.
    public enum Material: Sendable, Hashable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case ellipticCurve(Curve, x: [UInt8], y: [UInt8])
    }

    public var material: Material
    /// `kid`.
    public var keyID: String?
    /// `alg`: the one algorithm that the key is for; `nil` for any of its type.
    public var algorithm: String?
    /// `x5c`: certificates in base64 of their DER form, the key's own first.
    public var certificateChain: [String]
    /// `x5t#S256` as published, see ``CertificateThumbprint``.
    public var certificateThumbprint: String?

    public init(
        material: Material, keyID: String?, algorithm: String?, certificateChain: [String] = [],
        certificateThumbprint: String? = nil
    ) {
        self.material = material
        self.keyID = keyID
        self.algorithm = algorithm
        self.certificateChain = certificateChain
        self.certificateThumbprint = certificateThumbprint
    }

    /// Reads one member of a key set; `nil` for types, curves and uses that no token of the platform is verified with.
    public init?(json: JSONValue) throws {
        guard json["use"]?.string ?? "sig" == "sig" else { return nil }
        switch json["kty"]?.string {
        case "RSA":
            material = .rsa(modulus: try Self.integer("n", of: json), exponent: try Self.integer("e", of: json))
        case "EC":
            guard let curve = json["crv"]?.string.flatMap(Curve.init) else { return nil }
            material = .ellipticCurve(curve, x: try Self.integer("x", of: json), y: try Self.integer("y", of: json))
        default: return nil
        }
        keyID = json["kid"]?.string
        algorithm = json["alg"]?.string
        certificateChain = json["x5c"]?.strings ?? []
        certificateThumbprint = json["x5t#S256"]?.string
    }

    private static func integer(_ name: String, of json: JSONValue) throws -> [UInt8] {
        guard let bytes = json[name]?.string.flatMap(Base64URL.decode), !bytes.isEmpty else {
            throw KeyError.malformedKey(name)
        }
        return bytes
    }

    /// The key as a member of a key set.
    public var json: JSONValue {
        var json: JSONValue = [:]
        switch material {
        case .rsa(let modulus, let exponent):
            json["kty"] = "RSA"
            json["n"] = .string(Base64URL.encode(modulus))
            json["e"] = .string(Base64URL.encode(exponent))
        case .ellipticCurve(let curve, let x, let y):
            json["kty"] = "EC"
            json["crv"] = .string(curve.rawValue)
            json["x"] = .string(Base64URL.encode(x))
            json["y"] = .string(Base64URL.encode(y))
        }
        json["use"] = "sig"
        json["alg"] = algorithm.map(JSONValue.string)
        json["kid"] = keyID.map(JSONValue.string)
        if !certificateChain.isEmpty { json["x5c"] = JSONValue(certificateChain) }
        json["x5t#S256"] = certificateThumbprint.map(JSONValue.string)
        return json
    }
}
