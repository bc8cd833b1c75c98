/// The handlers of contract operations and the plain routes, collected before the server starts.
///
/// A handler registers under (contract, operationId). Starting fails when a contract has no such operation; an operation without
/// a handler answers 501 and is counted in `docs/contract-coverage.md`.
public struct HandlerTable: Sendable {
    public typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

    /// A route outside of the contracts: OAuth2 endpoints, SCIM2, health, pages.
    public struct PlainRoute: Sendable {
        public var method: String
        /// Template such as `/oauth2/token` or `/scim2/Users/{id}`; `/assets/*` matches every path below.
        public var path: String
        public var authentication: Authentication
        public var handler: Handler
    }

    public enum Authentication: Sendable, Hashable {
        /// No credential needed; the handler looks at the headers itself if it wants. A credential that is present is not checked.
        case none
        /// A user by Basic authentication or a bearer token with one of the scopes (empty: any valid one).
        case user(scopes: [String])
    }

    public private(set) var operations: [String: [String: Handler]] = [:]
    public private(set) var routes: [PlainRoute] = []

    public init() {}

    /// Registers the handler of `operationID` in `contract`, for instance `publisher-v4`.
    public mutating func handle(_ contract: String, _ operationID: String, _ handler: @escaping Handler) {
        operations[contract, default: [:]][operationID] = handler
    }

    public mutating func route(
        _ method: String, _ path: String, authentication: Authentication = .none, _ handler: @escaping Handler
    ) {
        routes.append(PlainRoute(method: method, path: path, authentication: authentication, handler: handler))
    }
}
