import Documents
import FoundationEssentials
import GatewayCore
import Logging
import Model
import OutgoingHTTP

/// Gets tokens for back ends from their token endpoints (RFC 6749 §4.3, §4.4), one request for all loops that want one at the same time, and
/// keeps them until shortly before their end.
public actor EndpointTokenFetcher: EndpointTokenAuthority {
    /// Sends a request and answers status and body.
    public typealias Transmission = @Sendable (OutgoingRequest, OutgoingRoute) async throws -> (status: Int, body: [UInt8])

    private let transmit: Transmission
    private let time: TimeSource
    private let logger: Logger
    private let defaultSeconds: Int64
    private var entries: [Int: Entry] = [:]

    private struct Entry {
        var token: EndpointToken?
        var running: Task<EndpointToken, any Error>?
        /// Until when the last failure counts, so that a broken token endpoint does not get every request.
        var failedUntil: Int64 = 0
    }

    /// Entries that are kept before those are dropped whose token has run out.
    private static let capacity = 10_000

    /// - Parameter defaultSeconds: life of tokens whose endpoint does not say.
    public init(
        defaultSeconds: Int64 = 3_600, time: TimeSource = .system, logger: Logger, transmit: @escaping Transmission
    ) {
        self.defaultSeconds = defaultSeconds
        self.time = time
        self.logger = logger
        self.transmit = transmit
    }

    /// Over HTTP, to the addresses that the fetcher's policy allows.
    public init(fetcher: OutgoingFetcher, defaultSeconds: Int64, logger: Logger) {
        self.init(defaultSeconds: defaultSeconds, logger: logger) { request, route in
            let answer = try await fetcher.send(request, by: route)
            return (answer.status, answer.body)
        }
    }

    public func token(
        from source: EndpointTokenSource, refused: String?, trust: UpstreamTrustDirectory
    ) async throws -> EndpointToken {
        let now = time.milliseconds
        let entry = entries[source.id] ?? Entry()
        if let token = entry.token, token.renewalMilliseconds > now, token.value != refused { return token }
        if let running = entry.running { return try await running.value }
        guard now >= entry.failedUntil else { throw EndpointTokenError.failedMomentsAgo }
        let task = Task { try await fetch(source, trust) }
        if entries.count >= Self.capacity { dropExpired(now) }
        entries[source.id, default: Entry()].running = task
        let result = await task.result
        entries[source.id]?.running = nil
        switch result {
        case .success(let token): entries[source.id]?.token = token
        case .failure(let error):
            entries[source.id]?.token = nil
            entries[source.id]?.failedUntil = time.milliseconds + 1_000
            logger.warning(
                "No token for a back end.",
                metadata: ["endpoint": "\(source.definition.tokenURL)", "reason": "\(Self.reason(of: error))"])
        }
        return try result.get()
    }

    private func dropExpired(_ now: Int64) {
        entries = entries.filter { $0.value.running != nil || $0.value.token.map { $0.renewalMilliseconds > now } ?? false }
    }

    private func fetch(_ source: EndpointTokenSource, _ trust: UpstreamTrustDirectory) async throws -> EndpointToken {
        let definition = source.definition
        let route = OutgoingRoute(
            proxy: definition.proxy,
            trustedCertificates: trust.trust(for: definition.tokenURL, tenant: source.tenant)?.certificates ?? [],
            seconds: definition.timeoutMilliseconds.map { Int64(max(1, ($0 + 999) / 1000)) })
        let (status, body) = try await transmit(definition.tokenRequest, route)
        guard (200..<300).contains(status) else { throw EndpointTokenError.refused(status) }
        guard let answer = try? JSONValue.parse(body), let value = answer["access_token"]?.string, !value.isEmpty,
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw EndpointTokenError.noToken }
        return EndpointToken(value: value, renewalMilliseconds: time.milliseconds + usableMilliseconds(answer["expires_in"]))
    }

    /// A tenth of its life before its end, but at most half a minute, a token is not used any more: requests take time to arrive.
    private func usableMilliseconds(_ lifetime: JSONValue?) -> Int64 {
        let given = lifetime?.double ?? lifetime?.string.flatMap(Double.init) ?? 0
        let seconds = given > 0 && given < 1e9 ? Int64(given) : defaultSeconds
        return seconds * 1000 - min(seconds * 100, 30_000)
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as OutgoingError: error.reason
        case EndpointTokenError.refused(let status): "the token endpoint answered with status \(status)"
        case EndpointTokenError.noToken: "the token endpoint's answer has no access_token"
        default: "\(type(of: error))"
        }
    }
}

/// Why a token endpoint gives no token.
enum EndpointTokenError: Error, Equatable {
    case refused(Int)
    case noToken
    /// The last request failed within the second.
    case failedMomentsAgo
}

extension GatewayEndpointOAuth {
    /// The client shows its secret as RFC 6749 §2.3.1 asks.
    var tokenRequest: OutgoingRequest {
        var fields: [(name: String, value: String)]
        switch grant {
        case .clientCredentials: fields = [("grant_type", "client_credentials")]
        case .password(let username, let password):
            fields = [("grant_type", "password"), ("username", username), ("password", password.value)]
        }
        fields += parameters.map { ($0.name, $0.value.value) }
        let account = "\(OutgoingRequest.encoded(clientID)):\(OutgoingRequest.encoded(clientSecret.value))"
        let authorization = "Basic " + Data(account.utf8).base64EncodedString()
        return .form(
            tokenURL, fields, headers: [("Authorization", authorization), ("Accept", "application/json")])
    }
}
