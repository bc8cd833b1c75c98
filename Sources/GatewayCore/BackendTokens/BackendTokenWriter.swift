import Documents
import FoundationEssentials
import Tokens

/// Puts backend tokens together: header, claims and signature in the encoding that backends expect.
struct BackendTokenWriter {
    let settings: BackendTokenSettings
    let key: CompiledTokenKey

    func token(_ claims: JSONValue) throws -> String {
        let input = encoded(header.serialized()) + "." + encoded(claims.serialized())
        guard settings.isSigned else { return input + "." }
        return input + "." + encoded(try key.key.signature(of: Array(input.utf8)))
    }

    private var header: JSONValue {
        guard settings.isSigned else { return ["typ": "JWT", "alg": "none"] }
        let thumbprint = key.key.certificate.thumbprint
        var header: JSONValue = ["typ": "JWT", "alg": "RS256"]
        header[settings.usesSHA256 ? "x5t#S256" : "x5t"] = .string(
            settings.usesSHA256 ? thumbprint.standardForm : thumbprint.hexadecimalFormSHA1)
        if settings.namesKey { header["kid"] = .string(key.key.keyID) }
        return header
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        switch settings.encoding {
        case .base64url: Base64URL.encode(bytes)
        case .base64: Data(bytes).base64EncodedString()
        }
    }
}
