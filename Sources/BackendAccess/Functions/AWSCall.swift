import AsyncHTTPClient
import Logging
import Model
import NIOCore
import OutgoingHTTP
import Tokens

/// A request to a service of Amazon Web Services, or to what stands in for it.
struct AWSCall: Sendable {
    var method: String
    /// Scheme, host and port.
    var base: String
    /// From `/` on.
    var path: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var seconds: Int64
    /// Whether the service is the machine itself, which no proxy can reach.
    var isOfMachine = false

    /// The call with the fields of its signature.
    func signed(by signer: AWSRequestSigner, nowMilliseconds: Int64) -> AWSCall {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let message = AWSRequestSigner.Message(
            method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", host: host,
            fields: fields, body: body)
        var call = self
        call.fields += signer.signature(of: message, nowMilliseconds: nowMilliseconds, showsBodyDigest: false)
        return call
    }

    /// The value of `Host`.
    private var host: String {
        let authority = base.split(separator: "://", maxSplits: 1).last.map(String.init) ?? base
        return String(authority.prefix { $0 != "/" })
    }
}

/// What a service answered.
struct AWSAnswer: Sendable {
    var status: Int
    /// The value of `X-Amz-Function-Error`; `nil` if the function has not failed.
    var functionError: String?
    var body: [UInt8]
}

/// Carries calls over HTTP.
typealias AWSTransmission = @Sendable (AWSCall) async throws -> AWSAnswer

/// Connections to the services; kept from call to call, and made when the first call needs them.
public actor AWSConnections {
    private let proxy: EgressProxy?
    private var clients: [Bool: HTTPClient] = [:]
    private var isClosed = false

    /// Longest answer of a function: 6 MB.
    private static let answerBytes = 7 << 20

    public init(proxy: EgressProxy?) { self.proxy = proxy }

    /// No calls are made any more.
    public func close() async {
        isClosed = true
        for client in clients.values { try? await client.shutdown() }
        clients.removeAll()
    }

    func send(_ call: AWSCall) async throws -> AWSAnswer {
        let client = try client(for: call)
        var request = HTTPClientRequest(url: call.base + call.path)
        request.method = .init(rawValue: call.method)
        request.headers.add(name: "User-Agent", value: "martlet")
        for (name, value) in call.fields { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(call.body) }
        let response = try await client.execute(request, timeout: .seconds(call.seconds))
        let body = try await response.body.collect(upTo: Self.answerBytes)
        return AWSAnswer(
            status: Int(response.status.code), functionError: response.headers.first(name: "X-Amz-Function-Error"),
            body: Array(body.readableBytesView))
    }

    private func client(for call: AWSCall) throws -> HTTPClient {
        guard !isClosed, let url = OutgoingURL(call.base) else { throw OutgoingError.connection(host: call.base) }
        let proxy = call.isOfMachine ? nil : proxy?.proxy(for: url.host)
        if let client = clients[proxy != nil] { return client }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        configuration.proxy = proxy.map {
            $0.username.isEmpty
                ? .server(host: $0.host, port: $0.port)
                : .server(
                    host: $0.host, port: $0.port,
                    authorization: .basic(username: $0.username, password: $0.password.value))
        }
        let client = HTTPClient(configuration: configuration)
        clients[proxy != nil] = client
        return client
    }
}
