import AsyncHTTPClient
import Logging

/// Fetches documents on a user's behalf: resolves the host, checks every address against the policy, connects to the address that was
/// checked, and does the same again for each redirect.
public struct OutgoingFetcher: Sendable {
    private let policy: AddressPolicy
    let limits: Limits
    private let resolver: AddressResolver
    let logger: Logger

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

    public init(policy: AddressPolicy, limits: Limits = Limits(), resolver: AddressResolver = .system, logger: Logger) {
        self.policy = policy
        self.limits = limits
        self.resolver = resolver
        self.logger = logger
    }

    /// The body of a successful GET, redirects followed.
    public func get(_ url: String) async throws(OutgoingError) -> Answer {
        guard var target = OutgoingURL(url) else { throw .malformedURL }
        for _ in 0...limits.redirects {
            let (answer, location) = try await exchange("GET", target)
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
    public func head(_ url: String) async throws(OutgoingError) -> Answer {
        guard let target = OutgoingURL(url) else { throw .malformedURL }
        return try await exchange("HEAD", target).answer
    }

    /// The answer to a request, whatever its status; redirects are not followed.
    public func send(_ request: OutgoingRequest) async throws(OutgoingError) -> Answer {
        guard let target = OutgoingURL(request.url) else { throw .malformedURL }
        return try await exchange(request.method.rawValue, target, headers: request.headers, body: request.body).answer
    }

    private func exchange(
        _ method: String, _ url: OutgoingURL, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async throws(OutgoingError) -> (answer: Answer, location: String?) {
        guard url.scheme == "http" || url.scheme == "https" else { throw .malformedURL }
        let address = try await checkedAddress(of: url.host)
        // A client of its own for each exchange: the pinned address is part of a client's configuration.
        let client = HTTPClient(configuration: configuration(pinning: url.host, to: address))
        let outcome: Result<(Answer, String?), OutgoingError>
        do {
            outcome = .success(try await send(method, url, headers: headers, body: body, with: client))
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
    func checkedAddress(of host: String) async throws(OutgoingError) -> IPAddress {
        guard policy.allows(literalHost: host) else { throw .refusedAddress(host: host) }
        let addresses = try await resolver.addresses(of: host)
        guard policy.allows(namedHost: host) || addresses.allSatisfy(policy.allows), let first = addresses.first else {
            throw .refusedAddress(host: host)
        }
        return first
    }

    func configuration(pinning host: String, to address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host: address.description]
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(limits.seconds)
        return configuration
    }

    private func send(
        _ method: String, _ url: OutgoingURL, headers: [(name: String, value: String)], body content: [UInt8],
        with client: HTTPClient
    ) async throws -> (Answer, String?) {
        var request = HTTPClientRequest(url: url.text)
        request.method = method == "HEAD" ? .HEAD : method == "POST" ? .POST : .GET
        request.headers.add(name: "User-Agent", value: "martlet")
        request.headers.add(name: "Accept", value: "*/*")
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if !content.isEmpty { request.body = .bytes(content) }
        let response = try await client.execute(request, timeout: .seconds(limits.seconds), logger: logger)
        let body = method == "HEAD" ? [] : try await body(of: response)
        let answer = Answer(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            contentType: response.headers.first(name: "Content-Type"), body: body)
        return (answer, response.headers.first(name: "Location"))
    }

    func body(of response: HTTPClientResponse) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= limits.size else { throw OutgoingError.tooLarge(limit: limits.size) }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    static func translate(_ error: any Error, host: String) -> OutgoingError {
        guard let error = error as? HTTPClientError else { return .connection(host: host) }
        return error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout
            ? .timeout : .connection(host: host)
    }
}
