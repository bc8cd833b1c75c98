/// A regular GET that tells whether an endpoint is well.
public struct GatewayHealthCheck: Sendable, Hashable, Codable {
    /// Path on the endpoint's host, from `/` on.
    public var path: String
    /// Time from one check to the next.
    public var intervalMilliseconds: Int
    public var timeoutMilliseconds: Int
    /// Failures in a row after which nothing is sent to the endpoint.
    public var failures: Int
    /// Successes in a row after which it gets requests again.
    public var successes: Int

    public init(path: String, intervalMilliseconds: Int, timeoutMilliseconds: Int, failures: Int, successes: Int) {
        self.path = path
        self.intervalMilliseconds = intervalMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.failures = failures
        self.successes = successes
    }
}

/// What an endpoint says of its checks. What it leaves out, the settings of the gateway say.
public struct GatewayHealthCheckTerms: Sendable, Hashable, Codable {
    /// Whether it is to be checked at all.
    public var isEnabled: Bool
    public var path: String?
    public var intervalMilliseconds: Int?
    public var timeoutMilliseconds: Int?
    public var failures: Int?
    public var successes: Int?

    public init(
        isEnabled: Bool = true, path: String? = nil, intervalMilliseconds: Int? = nil, timeoutMilliseconds: Int? = nil,
        failures: Int? = nil, successes: Int? = nil
    ) {
        self.isEnabled = isEnabled
        self.path = path
        self.intervalMilliseconds = intervalMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.failures = failures
        self.successes = successes
    }

    private enum CodingKeys: String, CodingKey {
        case isEnabled, path, intervalMilliseconds, timeoutMilliseconds, failures, successes
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            // Entities of earlier releases have a check only where one is wanted.
            isEnabled: try container.decodeIfPresent(Bool.self, forKey: .isEnabled) ?? true,
            path: try container.decodeIfPresent(String.self, forKey: .path),
            intervalMilliseconds: try container.decodeIfPresent(Int.self, forKey: .intervalMilliseconds),
            timeoutMilliseconds: try container.decodeIfPresent(Int.self, forKey: .timeoutMilliseconds),
            failures: try container.decodeIfPresent(Int.self, forKey: .failures),
            successes: try container.decodeIfPresent(Int.self, forKey: .successes))
    }
}

/// How a gateway checks endpoints that do not say it themselves (`docs/endpoints.md`).
public struct HealthCheckDefaults: Sendable, Hashable {
    /// Whether endpoints are checked that say nothing of it.
    public var isEnabled: Bool
    public var check: GatewayHealthCheck

    public init(
        isEnabled: Bool = false,
        check: GatewayHealthCheck = GatewayHealthCheck(
            path: "/", intervalMilliseconds: 10_000, timeoutMilliseconds: 2_000, failures: 3, successes: 2)
    ) {
        self.isEnabled = isEnabled
        self.check = check
    }

    /// How an endpoint with these terms is checked; `nil`: not at all.
    public func check(with terms: GatewayHealthCheckTerms?) -> GatewayHealthCheck? {
        guard let terms else { return isEnabled ? check : nil }
        guard terms.isEnabled else { return nil }
        return GatewayHealthCheck(
            path: terms.path ?? check.path, intervalMilliseconds: terms.intervalMilliseconds ?? check.intervalMilliseconds,
            timeoutMilliseconds: terms.timeoutMilliseconds ?? check.timeoutMilliseconds,
            failures: terms.failures ?? check.failures, successes: terms.successes ?? check.successes)
    }
}
