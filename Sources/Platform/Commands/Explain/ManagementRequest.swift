import AsyncHTTPClient
import Documents
import NIOCore
import NIOSSL

/// A request of a command to the REST APIs of a running platform.
struct ManagementRequest {
    var url: String
    var authorization: String
    /// PEM text of certificates to trust beside those that the system knows; empty for none.
    var trustedCertificates: String

    private static let bodyLimit = 4 << 20

    /// The status and the JSON of the answer; an answer without JSON is an empty object.
    func get() async throws -> (status: Int, body: JSONValue) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = try trust()
        configuration.timeout.connect = .seconds(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "Authorization", value: authorization)
            request.headers.add(name: "Accept", value: "application/json")
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            try await client.shutdown()
            return (Int(response.status.code), (try? JSONValue.parse([UInt8](body.readableBytesView))) ?? [:])
        } catch {
            try? await client.shutdown()
            throw problem(error)
        }
    }

    private func problem(_ error: any Error) -> StartProblem {
        let server = url.split(separator: "/").prefix(2).joined(separator: "//")
        // BoringSSL's reason is in the text of the error only.
        if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
            return StartProblem(
                "The certificate of \(server) is none that this machine trusts. Name it with --certificate: on the platform's machine it "
                    + "is certificates/tls.pem in the data directory.")
        }
        return StartProblem("The platform cannot be reached at \(server): \(error).")
    }

    private func trust() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard !trustedCertificates.isEmpty else { return configuration }
        do {
            configuration.additionalTrustRoots = [
                .certificates(try NIOSSLCertificate.fromPEMBytes(Array(trustedCertificates.utf8)))
            ]
        } catch {
            throw StartProblem("The file with the certificate to trust is no PEM text with certificates.")
        }
        return configuration
    }
}
