import Crypto

/// A certificate that a client has shown: told from others by its digest, and read only where somebody needs to know more.
public final class ClientCertificate: Sendable {
    /// The certificate in DER form (X.690).
    public let der: [UInt8]
    /// SHA-256 of the DER form.
    public let fingerprint: [UInt8]
    /// What the client sent after its own certificate, to lead to an authority; in DER form.
    public let intermediates: [[UInt8]]

    public init(der: [UInt8], intermediates: [[UInt8]] = []) {
        self.der = der
        self.intermediates = intermediates
        fingerprint = Array(SHA256.hash(data: der))
    }
}
