import GatewayCore
import NIOCore
import NIOSSL
import Tokens

extension ClientCertificate {
    /// Certificates of a chain that are kept; more lead to no authority anyway.
    private static let longestChain = 8

    /// The certificate that the client of a finished handshake has shown; `nil` for none.
    convenience init?(shownTo handler: NIOSSLServerHandler) {
        // A resumed session knows the client's own certificate only.
        let chain = handler.peerValidatedCertificateChain.map { Array($0) } ?? handler.peerCertificate.map { [$0] } ?? []
        let ders = chain.prefix(Self.longestChain).compactMap { try? $0.toDERBytes() }
        guard let first = ders.first else { return nil }
        self.init(der: first, intermediates: Array(ders.dropFirst()))
    }
}

extension ConnectionFacts {
    /// Notes the certificate that the client of a channel has shown in the handshake.
    mutating func noteCertificate(of channel: any Channel, _ loop: GatewayLoop) {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let certificate = ClientCertificate(shownTo: handler)
        else { return }
        clientCertificate = certificate
        mayForwardCertificates = loop.settings.certificateForwarding.isAllowed(
            self, nowMilliseconds: loop.now().epochMilliseconds)
    }
}
