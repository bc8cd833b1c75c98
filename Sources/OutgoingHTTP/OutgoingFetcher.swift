import AsyncHTTPClient
import Logging
import Model
import NIOSSL

/// Fetches documents on a user's behalf: resolves the host, checks every address against the policy, connects to the address that was
/// checked, and does the same again for each redirect.
public struct OutgoingFetcher: Sendable {
    private let policy: AddressPolicy
    private let limits: Limits
    private let resolver: AddressResolver
    private let proxy: EgressProxy?
    private let logger: Logger

    public struct Limits: Sendable {
        /// Bytes of a body.
        public var size: Int
        public var seconds: Int64
        public var redirects: Int

        public init(size: Int = 10 << 20, seconds: Int64 = 20, redirects: Int = 5) {
            self.size = size
            self.seconds = seconds
            self.redirects = redirects
        }
    }

    /// What a server answered.
    public struct Answer: Sendable {
        public var status: Int
        public var reason: String
        public var contentType: String?
        public var body: [UInt8]
    }

    /// - Parameter proxy: through which servers are called. It resolves their names itself, so only addresses that stand in URLs are checked
    ///   against the policy then.
    public init(
        policy: AddressPolicy, limits: Limits = Limits(), resolver: AddressResolver = .system, proxy: EgressProxy? = nil,
        logger: Logger
    ) {
        self.policy = policy
        self.limits = limits
        self.resolver = resolver
        self.proxy = proxy
        self.logger = logger
    }

    /// The body of a successful GET, redirects followed.
    public func get(_ url: String) async throws(OutgoingError) -> Answer {
        guard var target = OutgoingURL(url) else { throw .malformedURL }
        for _ in 0...limits.redirects {
            let (answer, location) = try await exchange(OutgoingRequest("GET", url), target)
            guard (300..<400).contains(answer.status), let location else {
                guard (200..<300).contains(answer.status) else { throw .status(answer.status) }
                return answer
            }
            guard let next = target.redirected(to: location) else { throw .malformedURL }
            target = next
        }
        throw .tooManyRedirects
    }

    /// The answer to a HEAD request, whatever its status; redirects are not followed.
    ///
    /// - Parameter route: how this one server is reached, if it is special.
    public func head(_ url: String, by route: OutgoingRoute = OutgoingRoute()) async throws(OutgoingError) -> Answer {
        try await send(OutgoingRequest("HEAD", url), by: route)
    }

    /// The answer to a request, whatever its status; redirects are not followed, so that credentials go nowhere else.
    ///
    /// - Parameter route: how this one server is reached, if it is special.
    public func send(
        _ request: OutgoingRequest, by route: OutgoingRoute = OutgoingRoute()
    ) async throws(OutgoingError) -> Answer {
        guard let target = OutgoingURL(request.url) else { throw .malformedURL }
        return try await exchange(request, target, by: route).answer
    }

    private func exchange(
        _ request: OutgoingRequest, _ url: OutgoingURL, by route: OutgoingRoute = OutgoingRoute()
    ) async throws(OutgoingError) -> (answer: Answer, location: String?) {
        guard url.scheme == "http" || url.scheme == "https" else { throw .malformedURL }
        let seconds = request.seconds ?? route.seconds ?? limits.seconds
        let configuration = try await configuration(for: url, route, seconds: seconds)
        // A client of its own for each exchange: the pinned address is part of a client's configuration.
        let client = HTTPClient(configuration: configuration)
        let outcome: Result<(Answer, String?), OutgoingError>
        do {
            outcome = .success(try await send(request, url, with: client, seconds: seconds))
        } catch let error as OutgoingError {
            outcome = .failure(error)
        } catch {
            logger.info("fetch failed", metadata: ["host": "\(url.host)", "error": "\(error)"])
            outcome = .failure(Self.translate(error, host: url.host))
        }
        try? await client.shutdown()
        let (answer, location) = try outcome.get()
        return (answer, location)
    }

    /// Every address has to be allowed: a name that also resolves to a private address is an attack or a mistake.
    private func checkedAddress(of host: String) async throws(OutgoingError) -> IPAddress {
        guard policy.allows(literalHost: host) else { throw .refusedAddress(host: host) }
        let addresses = try await resolver.addresses(of: host)
        guard policy.allows(namedHost: host) || addresses.allSatisfy(policy.allows), let first = addresses.first else {
            throw .refusedAddress(host: host)
        }
        return first
    }

    private func configuration(
        for url: OutgoingURL, _ route: OutgoingRoute, seconds: Int64
    ) async throws(OutgoingError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        // A server that refuses connections is reported at once, not when the time is up.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(seconds)
        if let proxy = route.proxy ?? proxy?.proxy(for: url.host) {
            guard policy.allows(literalHost: url.host) else { throw .refusedAddress(host: url.host) }
            configuration.proxy = try Self.proxy(proxy)
        } else {
            configuration.dnsOverride = [url.host: try await checkedAddress(of: url.host).description]
        }
        do {
            configuration.tlsConfiguration = try route.tlsConfiguration()
        } catch {
            throw .connection(host: url.host)
        }
        return configuration
    }

    private static func proxy(_ proxy: GatewayProxy) throws(OutgoingError) -> HTTPClient.Configuration.Proxy {
        guard !proxy.isTLS else { throw .unsupportedProxy }
        guard !proxy.username.isEmpty else { return .server(host: proxy.host, port: proxy.port) }
        return .server(
            host: proxy.host, port: proxy.port,
            authorization: .basic(username: proxy.username, password: proxy.password.value))
    }

    private func send(
        _ outgoing: OutgoingRequest, _ url: OutgoingURL, with client: HTTPClient, seconds: Int64
    ) async throws -> (Answer, String?) {
        var request = HTTPClientRequest(url: url.text)
        request.method = .init(rawValue: outgoing.method)
        request.headers.add(name: "User-Agent", value: "martlet")
        request.headers.add(name: "Accept", value: "*/*")
        for (name, value) in outgoing.headers { request.headers.replaceOrAdd(name: name, value: value) }
        if !outgoing.body.isEmpty { request.body = .bytes(outgoing.body) }
        let response = try await client.execute(request, timeout: .seconds(seconds), logger: logger)
        let body = outgoing.method == "HEAD" ? [] : try await body(of: response)
        let answer = Answer(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            contentType: response.headers.first(name: "Content-Type"), body: body)
        return (answer, response.headers.first(name: "Location"))
    }

    private func body(of response: HTTPClientResponse) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= limits.size else { throw OutgoingError.tooLarge(limit: limits.size) }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    private static func translate(_ error: any Error, host: String) -> OutgoingError {
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError { return .insecure(host: host) }
        guard let error = error as? HTTPClientError else { return .connection(host: host) }
        return error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout
            ? .timeout : .connection(host: host)
    }
}
