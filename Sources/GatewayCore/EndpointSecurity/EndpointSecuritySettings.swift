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
    private var tokens: [Int: (token: EndpointToken, refusals: Int)] = [:]
    /// By ``DigestAccount/id``.
    var challenges: [Int: (challenge: DigestChallenge, count: Int)] = [:]

    /// Entries of each kind; APIs that are gone leave theirs behind.
    private static let capacity = 10_000

    /// - Parameter refusals: of the source, when the token was asked for.
    mutating func remember(_ token: EndpointToken, of source: EndpointTokenSource, refusals: Int) {
        if tokens.count >= Self.capacity { tokens.removeAll() }
        tokens[source.id] = (token, refusals)
    }

    /// The token of a source, unless it is too old or was refused.
    func token(of source: EndpointTokenSource, nowMilliseconds: Int64) -> String? {
        guard let known = tokens[source.id], known.token.renewalMilliseconds > nowMilliseconds,
            known.refusals == source.refusals.load(ordering: .relaxed)
        else { return nil }
        return known.token.value
    }

    mutating func remember(_ challenge: DigestChallenge, for account: DigestAccount) {
        if challenges.count >= Self.capacity { challenges.removeAll() }
        challenges[account.id] = (challenge, 0)
    }
}
