/// How the gateway proves itself to back ends, for all APIs (`docs/endpoint-security.md`).
public struct EndpointSecuritySettings: Sendable {
    /// Who gets tokens; without anybody, requests to back ends that want one are refused.
    public var authority: (any EndpointTokenAuthority)?
    /// Whether a request goes to the back end a second time, with a new token, when the first one was not accepted
    /// (`apim.mediator_config.oauth.enable_retry_call_with_new_token`).
    public var repeatsWithNewToken = true
    /// Longest body of a request, in bytes, that is kept so that it can be sent twice.
    public var repeatedBodyBytes = 1024 * 1024

    public init() {}
}

/// What one loop remembers of its dealings with back ends.
struct EndpointCredentials {
    /// By ``EndpointTokenSource/id``.
    var tokens: [Int: EndpointToken] = [:]
    /// By ``DigestAccount/id``.
    var challenges: [Int: (challenge: DigestChallenge, count: Int)] = [:]

    /// Entries of each kind; APIs that are gone leave theirs behind.
    private static let capacity = 10_000

    mutating func remember(_ token: EndpointToken, of source: EndpointTokenSource) {
        if tokens.count >= Self.capacity { tokens.removeAll() }
        tokens[source.id] = token
    }

    mutating func remember(_ challenge: DigestChallenge, for account: DigestAccount) {
        if challenges.count >= Self.capacity { challenges.removeAll() }
        challenges[account.id] = (challenge, 0)
    }
}
