import Documents
import Model

/// Who calls what, for policies.
extension PolicyVisit {
    private var compiledAPI: CompiledAPI? { exchange.snapshot?.apis[exchange.api] }
    private var operation: CompiledOperation? {
        guard let api = compiledAPI, api.operations.indices.contains(Int(exchange.operation)) else { return nil }
        return api.operations[Int(exchange.operation)]
    }

    package var apiName: String { String(decoding: compiledAPI?.name ?? [], as: UTF8.self) }
    package var apiVersion: String { compiledAPI?.version ?? "" }
    /// Path prefix of the API, with its version.
    package var apiContext: String { String(decoding: compiledAPI?.context ?? [], as: UTF8.self) }
    package var apiProvider: String { compiledAPI?.provider ?? "" }
    package var tenantDomain: String { compiledAPI?.tenantDomain ?? "" }
    /// Name and version.
    package var apiTitle: String { "\(apiName) \(apiVersion)" }
    /// The operation's path template below the context, for instance `/order/{id}`.
    package var resourceTemplate: String { operation?.target ?? "" }
    /// The operation's verb.
    package var resourceVerb: String { operation?.verb ?? "" }

    /// `name@domain`; `anonymous` where no credential was needed.
    package var userName: String { String(decoding: exchange.userName, as: UTF8.self) }
    package var clientAddress: String { String(decoding: exchange.clientAddress, as: UTF8.self) }
    package var requestID: String { String(decoding: exchange.requestID, as: UTF8.self) }
    /// The URL of the endpoint that was chosen; empty before.
    package var endpointURL: String { String(decoding: exchange.upstream?.url ?? [], as: UTF8.self) }
    package var application: GatewayApplication? { exchange.snapshot?.applications[exchange.application]?.definition }

    package var consumerKey: String? { exchange.credential?.consumerKey }
    /// The credential itself. Nothing for logs.
    package var credentialText: String? { exchange.credential.map { String(decoding: $0.text, as: UTF8.self) } }

    /// A claim of the token.
    package func claim(_ name: String) -> JSONValue? { exchange.credential?.claims[name] }

    /// Whether the token has a scope.
    package func hasScope(_ name: String) -> Bool { exchange.credential?.scopes.contains(ScopeHash.of(name)) ?? false }

    /// The token as what can be used up; nil for credentials without an id.
    package var token: SpentToken? {
        guard let credential = exchange.credential, let id = credential.tokenID, let api = compiledAPI else { return nil }
        return SpentToken(
            id: id, tenant: api.tenant, tenantDomain: api.tenantDomain, expiresMilliseconds: credential.expires)
    }

    /// Sends the request to another address than the API's endpoints; false if the text is no HTTP URL, or if too many addresses are in use.
    package func redirect(to url: String) -> Bool {
        guard let upstream = pipeline.dynamicUpstreams.upstream(for: url) else { return false }
        exchange.upstream = upstream
        exchange.endpoint = -1
        return true
    }

    /// What a policy keeps on this event loop from message to message; made when it is first asked for, gone when its owner is.
    ///
    /// - Parameter identity: of the owner; never used for two.
    package func loopState<State: AnyObject>(of identity: UInt64, owner: AnyObject, _ make: () -> State) -> State {
        pipeline.policyStates.state(of: identity, owner: owner, make)
    }
}
