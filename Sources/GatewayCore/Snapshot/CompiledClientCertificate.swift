import Counters
import FoundationEssentials
import Model
import Tokens

/// An uploaded certificate as the pipeline works with it.
final class CompiledClientCertificate: Sendable {
    let key: String
    /// The API in all its deployments.
    let apiIdentity: Int32
    let der: [UInt8]
    /// SHA-256 of the DER form.
    let fingerprint: [UInt8]
    let keyType: KeyType
    /// Name of the plan that calls with the certificate have.
    let plan: String
    /// Slot of the plan that calls with the certificate have; -1 for Unlimited.
    let policy: Int32
    let bucket: QuotaBucket
    let burstBucket: QuotaBucket
    /// Milliseconds since 1970.
    let notBefore: Int64
    let notAfter: Int64

    /// `nil` for a certificate that cannot be read.
    init?(_ definition: GatewayClientCertificate, key: String, apiIdentity: Int32, policy: Int32) {
        guard let data = Data(base64Encoded: definition.certificate) else { return nil }
        self.key = key
        self.apiIdentity = apiIdentity
        self.policy = policy
        plan = definition.policy
        let certificate = ClientCertificate(der: Array(data))
        der = certificate.der
        fingerprint = certificate.fingerprint
        keyType = definition.keyType
        notBefore = definition.notBeforeMilliseconds
        notAfter = definition.notAfterMilliseconds
        let counted = "\(definition.fingerprint):\(definition.apiID):\(definition.policy)"
        bucket = QuotaBucket(key: "certificate:" + counted)
        burstBucket = QuotaBucket(key: "certificate-burst:" + counted)
    }
}

/// The uploaded certificates of one API.
struct ClientCertificates: Sendable {
    private let certificates: [CompiledClientCertificate]
    private let authorities: CertificateAuthorities

    /// `nil` for none.
    init?(_ certificates: [CompiledClientCertificate]) {
        if certificates.isEmpty { return nil }
        self.certificates = certificates
        authorities = CertificateAuthorities(ders: certificates.map(\.der))
    }

    func find(fingerprint: [UInt8]) -> CompiledClientCertificate? { certificates.first { $0.fingerprint == fingerprint } }

    /// The uploaded certificate that a client's leads to.
    func issuer(of certificate: ClientCertificate, nowMilliseconds: Int64) -> CompiledClientCertificate? {
        authorities.authority(of: certificate, nowMilliseconds: nowMilliseconds).map { certificates[$0] }
    }

    /// Without the certificate of a key, and with `certificate` in its place.
    func replacing(_ key: String, by certificate: CompiledClientCertificate?) -> ClientCertificates? {
        ClientCertificates(certificates.filter { $0.key != key } + (certificate.map { [$0] } ?? []))
    }
}
