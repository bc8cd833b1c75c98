import Model
import Synchronization

/// Where tokens for back ends come from. APIs of a tenant with the same definition share it, and so its tokens.
public final class EndpointTokenSource: Sendable {
    /// Unique in the process.
    public let id: Int
    public let tenant: Int
    public let definition: GatewayEndpointOAuth
    /// Grows when a back end refuses a token: then no loop uses the one that it remembers.
    let refusals = Atomic<Int>(0)
    private let refused = Mutex<String?>(nil)

    public init(id: Int, tenant: Int, definition: GatewayEndpointOAuth) {
        self.id = id
        self.tenant = tenant
        self.definition = definition
    }

    /// The last token that a back end has refused.
    var lastRefused: String? { refused.withLock { $0 } }

    func noteRefusal(of token: String) {
        refused.withLock { $0 = token }
        refusals.wrappingAdd(1, ordering: .releasing)
    }
}

/// A token that the gateway has got for back ends.
public struct EndpointToken: Sendable, Equatable {
    public var value: String
    /// When to get another one, milliseconds since 1970: a while before the token's end.
    public var renewalMilliseconds: Int64

    public init(value: String, renewalMilliseconds: Int64) {
        self.value = value
        self.renewalMilliseconds = renewalMilliseconds
    }
}

/// Gets tokens for back ends. Called off the event loops.
public protocol EndpointTokenAuthority: Sendable {
    /// A good token of a source, for any number of callers from one request to the token endpoint.
    ///
    /// - Parameters:
    ///   - refused: the token that a back end does not take any more; another one is given then.
    ///   - trust: certificates that count for token endpoints beside the system's.
    /// - Throws: what keeps the token endpoint from giving one.
    func token(
        from source: EndpointTokenSource, refused: String?, trust: UpstreamTrustDirectory
    ) async throws -> EndpointToken
}
