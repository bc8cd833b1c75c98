import Crypto
import Model

/// A certificate with which clients call one API.
public struct ClientCertificate: Sendable, Hashable {
    /// UUID.
    public var apiID: String
    public var keyType: KeyType
    /// Unique within tenant and key type.
    public var alias: String
    /// Name of the plan of calls with the certificate.
    public var policy: String
    /// Counts the changes.
    public var rowVersion: Int64
    /// Base64 of the DER form.
    var certificate: String
}

extension ClientCertificate {
    /// The form in which gateways know it.
    func compiled(tenant: Int) throws -> GatewayClientCertificate {
        let parsed = try UploadedCertificate(base64: certificate)
        let digest = SHA256.hash(data: parsed.der).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return GatewayClientCertificate(
            tenant: tenant, apiID: apiID, keyType: keyType, alias: alias, policy: policy, certificate: certificate,
            fingerprint: digest, commonName: parsed.commonName,
            notBeforeMilliseconds: parsed.details.notBeforeMilliseconds,
            notAfterMilliseconds: parsed.details.notAfterMilliseconds)
    }

    /// The key of its gateway entity.
    func entityKey(tenant: Int) -> String { "\(tenant)/\(keyType.rawValue)/\(alias)" }
}
