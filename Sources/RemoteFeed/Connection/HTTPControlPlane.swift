import AsyncHTTPClient
import Documents
import Logging
import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// A control plane behind HTTPS.
public struct HTTPControlPlane: ControlPlane {
    /// Why no connection can be attempted, as a sentence.
    public struct Problem: Error, CustomStringConvertible {
        public var description: String
    }

    private let settings: FeedSettings
    private let startedMilliseconds: Int64
    private let client: HTTPClient
    private let logger: Logger
    private static let refusalLimit = 64 << 10
    private static let answerLimit = 1 << 20

    /// Refuses anything but HTTPS: entities contain secrets.
    public init(settings: FeedSettings, startedMilliseconds: Int64, logger: Logger) throws {
        guard settings.controlPlane.hasPrefix("https://") else {
            throw Problem(description: "The address of the control plane has to begin with https://.")
        }
        self.settings = settings
        self.startedMilliseconds = startedMilliseconds
        self.logger = logger
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .enabled(limit: .none))
        configuration.tlsConfiguration = try Self.trust(settings.trustedCertificates)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func trust(_ certificates: String) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard !certificates.isEmpty else { return configuration }
        do {
            let trusted = try NIOSSLCertificate.fromPEMBytes(Array(certificates.utf8))
            configuration.additionalTrustRoots = [.certificates(trusted)]
        } catch {
            throw Problem(description: "The certificate of the control plane is no PEM text with certificates.")
        }
        return configuration
    }

    public func close() async { try? await client.shutdown() }

    public func follow(
        after position: FeedPosition?, _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var request = HTTPClientRequest(url: settings.controlPlane + FeedProtocol.feedPath + "?" + query(position))
        authorize(&request)
        let response = try await client.execute(request, timeout: .seconds(30), logger: logger)
        guard response.status == .ok else { throw try await refusal(response) }
        for try await part in response.body { try await receive([UInt8](part.readableBytesView)) }
    }

    public func deliver(_ report: [UInt8]) async throws {
        var request = HTTPClientRequest(url: settings.controlPlane + FeedProtocol.reportPath)
        request.method = .POST
        authorize(&request)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(report)
        let response = try await client.execute(request, timeout: .seconds(15), logger: logger)
        guard response.status == .ok else { throw try await refusal(response) }
        for try await _ in response.body {}
    }

    /// The answer to a question, both as JSON. Throws a ``FeedRefusal`` when the control plane does not answer it.
    public func ask(_ question: [UInt8], at path: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: settings.controlPlane + path)
        request.method = .POST
        authorize(&request)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(question)
        let response = try await client.execute(request, timeout: .seconds(15), logger: logger)
        guard response.status == .ok else { throw try await refusal(response) }
        let body = try await response.body.collect(upTo: Self.answerLimit)
        return [UInt8](body.readableBytesView)
    }

    private func authorize(_ request: inout HTTPClientRequest) {
        request.headers.add(name: "Authorization", value: "Bearer \(settings.token)")
        request.headers.add(name: "User-Agent", value: "martlet-gateway")
    }

    private func query(_ position: FeedPosition?) -> String {
        typealias Name = FeedProtocol.Parameter
        var parameters = [
            (Name.schema, String(FeedProtocol.schema)), (Name.gateway, settings.gatewayID),
            (Name.environments, settings.environments.joined(separator: ",")), (Name.host, settings.host),
            (Name.version, settings.version), (Name.startedAt, String(startedMilliseconds)),
        ]
        if !settings.tenants.isEmpty { parameters.append((Name.tenants, settings.tenants.joined(separator: ","))) }
        if let position { parameters += [(Name.after, String(position.sequence)), (Name.mark, position.mark)] }
        return parameters.map { "\($0.0)=\(Self.percentEncoded($0.1))" }.joined(separator: "&")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || (0x30...0x39).contains(byte) || byte == 0x2d
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private func refusal(_ response: HTTPClientResponse) async throws -> FeedRefusal {
        let body = try await response.body.collect(upTo: Self.refusalLimit)
        let json = try? JSONValue.parse([UInt8](body.readableBytesView))
        let reason = json?["description"]?.string ?? response.status.reasonPhrase
        return FeedRefusal(status: Int(response.status.code), reason: String(reason.prefix(300)))
    }
}
