import Logging
import OutgoingHTTP
import Scripting

/// What policies need of their surroundings; made once a gateway.
public struct PolicyServices: Sendable {
    /// Takes what policies log.
    public var logger: Logger
    /// Calls other servers on behalf of policies, behind the policy for endpoints.
    public var fetcher: OutgoingFetcher
    /// Which addresses may be endpoints.
    public var endpointAddresses: AddressPolicy
    public var oneTimeTokens: OneTimeTokens
    public var limits: PolicyLimits
    public var scripts: ScriptLimits

    public init(
        logger: Logger, fetcher: OutgoingFetcher, endpointAddresses: AddressPolicy = .endpoint(),
        oneTimeTokens: OneTimeTokens = OneTimeTokens(), limits: PolicyLimits = PolicyLimits(),
        scripts: ScriptLimits = ScriptLimits()
    ) {
        self.logger = logger
        self.fetcher = fetcher
        self.endpointAddresses = endpointAddresses
        self.oneTimeTokens = oneTimeTokens
        self.limits = limits
        self.scripts = scripts
    }
}

/// Bounds of what policies do with bodies.
public struct PolicyLimits: Sendable {
    /// Bytes of a body when its content coding is taken off.
    public var contentBytes = 10 * 1024 * 1024
    /// Bodies above this are worked on by another thread, so that they do not hold up the other requests of the loop.
    public var loopBytes = 32 * 1024
    /// How long such work may take, in milliseconds.
    public var workMilliseconds: Int64 = 10_000

    public init() {}
}
