import GatewayCore
import Tokens

/// Which peers may hand on the certificate of their client in a header (`docs/security-schemes.md`).
public enum CertificateForwarding: Sendable {
    /// Peers that have shown one of these certificates themselves, or one that one of these has issued; in DER form.
    case certifiedProxies([[UInt8]])
    /// All peers among the trusted proxies: whoever can connect from such an address can claim to be any client.
    case trustedProxies

    /// Whether a peer may do so.
    func isAllowed(_ facts: ConnectionFacts, nowMilliseconds: Int64) -> Bool {
        switch self {
        case .trustedProxies: return facts.isTrustedProxy
        case .certifiedProxies(let certificates):
            guard let shown = facts.clientCertificate, !certificates.isEmpty else { return false }
            if certificates.contains(shown.der) {
                let validity = CertificateFacts(der: shown.der)
                return validity.map {
                    $0.notBeforeMilliseconds <= nowMilliseconds && nowMilliseconds <= $0.notAfterMilliseconds
                }
                    ?? false
            }
            return CertificateAuthorities(ders: certificates).authority(of: shown, nowMilliseconds: nowMilliseconds) != nil
        }
    }
}
