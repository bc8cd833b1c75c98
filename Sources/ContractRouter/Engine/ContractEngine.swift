import Documents
import Logging
import Model

/// Executes the contracts: finds the operation of a request, checks credential, scopes, parameters and body, calls the handler
/// and renders its answer. The same engine serves plain routes. It knows no sockets.
public struct ContractEngine: Sendable {
    enum Route: Sendable {
        case operation(ContractOperation, Contract, HandlerTable.Handler?)
        case plain(HandlerTable.PlainRoute)
    }

    /// Why the engine does not start.
    public struct StartFailure: Error, CustomStringConvertible {
        public var description: String
    }

    let contracts: [Contract]
    let verifier: any CredentialVerifier
    let configuration: EngineConfiguration
    let time: TimeSource
    let random: RandomSource
    let logger: Logger
    let routes: RouteTree<Route>

    /// Throws a ``StartFailure`` when a handler names an operation that no contract has, or when two routes collide.
    public init(
        contracts: [Contract] = Contract.all, handlers: HandlerTable, verifier: any CredentialVerifier,
        configuration: EngineConfiguration = EngineConfiguration(), time: TimeSource = .system, random: RandomSource = .system,
        logger: Logger
    ) throws {
        self.contracts = contracts
        self.verifier = verifier
        self.configuration = configuration
        self.time = time
        self.random = random
        self.logger = logger
        try Self.checkHandlers(handlers, against: contracts)
        var routes: [(method: String, template: String, value: Route)] = []
        for contract in contracts {
            for operation in contract.operations {
                let handler = handlers.operations[contract.name]?[operation.id]
                routes.append((operation.method, contract.base + operation.path, .operation(operation, contract, handler)))
            }
        }
        var pages = HandlerTable()
        ContractDocuments(contracts: contracts).register(in: &pages)
        let own = Set(handlers.routes.map { "\($0.method.uppercased()) \($0.path)" })
        let plain = handlers.routes + pages.routes.filter { !own.contains("\($0.method) \($0.path)") }
        for route in plain { routes.append((route.method.uppercased(), route.path, .plain(route))) }
        do {
            self.routes = try RouteTree(routes)
        } catch {
            throw StartFailure(description: "\(error)")
        }
    }

    private static func checkHandlers(_ handlers: HandlerTable, against contracts: [Contract]) throws {
        for (name, operations) in handlers.operations {
            guard let contract = contracts.first(where: { $0.name == name }) else {
                throw StartFailure(description: "a handler names the contract '\(name)', which does not exist")
            }
            let known = Set(contract.operations.map(\.id))
            for id in operations.keys where !known.contains(id) {
                throw StartFailure(
                    description: "a handler names the operation '\(id)', which the contract '\(name)' does not have")
            }
        }
    }

    /// Answers a request; never throws, so that a client always gets an answer with a request id.
    public func respond(to incoming: IncomingRequest) async -> OutgoingResponse {
        let requestID = requestID(of: incoming)
        return await CorrelationID.$current.withValue(requestID) { await respond(to: incoming, requestID: requestID) }
    }

    private func respond(to incoming: IncomingRequest, requestID: String) async -> OutgoingResponse {
        var rendering = ResponseRendering(incoming: incoming, configuration: configuration, requestID: requestID)
        do {
            try checkHeaders(of: incoming)
            let target = try RequestTarget(incoming.target)
            let (domain, segments) = Self.separateTenant(target.segments)
            let (match, allowed) = routes.match(incoming.method, segments)
            if incoming.method == "OPTIONS" && match == nil { return rendering.options(allowed: allowed) }
            rendering.allowed = allowed
            guard let match else { throw Self.missingRoute(incoming.method, target.rawPath, allowed) }
            var exchange = RoutedRequest(
                incoming: incoming, target: target, parameters: match.parameters, segments: segments, tenantDomain: domain,
                requestID: requestID, milliseconds: time.milliseconds)
            let response = try await answer(&exchange, route: match.value)
            return rendering.render(response, contentTypes: exchange.answerTypes)
        } catch let error as CatalogueError {
            return rendering.render(error)
        } catch is CancellationError {
            return rendering.render(CatalogueError.internalServerError)
        } catch {
            logger.error(
                "request failed", metadata: ["request": "\(requestID)", "error": "\(error)", "method": "\(incoming.method)"])
            return rendering.render(CatalogueError.internalServerError)
        }
    }

    private func answer(_ exchange: inout RoutedRequest, route: Route) async throws -> APIResponse {
        let tenant = try await tenant(of: exchange.tenantDomain)
        switch route {
        case .plain(let plain):
            let principal = try await authenticate(plain.authentication, exchange)
            return try await plain.handler(plainRequest(exchange, principal: principal, tenant: tenant ?? principal?.tenant))
        case .operation(let operation, let contract, let handler):
            let principal = try await authenticate(operation, exchange)
            guard let handler else { throw CatalogueError.notImplemented(operation.id) }
            let rules = try operation.rules(in: contract)
            exchange.answerTypes = rules.answerTypes
            let request = try await contractRequest(
                exchange, operation: operation, contract: contract, rules: rules, principal: principal, tenant: tenant)
            return try await handler(request)
        }
    }

    private func checkHeaders(of incoming: IncomingRequest) throws {
        for (name, value) in incoming.headers where value.utf8.count > configuration.headerFieldLimit {
            throw CatalogueError.headerFieldTooLarge(name, limit: configuration.headerFieldLimit)
        }
    }

    private static func missingRoute(_ method: String, _ path: String, _ allowed: [String]) -> CatalogueError {
        allowed.isEmpty ? .resourceNotFound(path: path) : .methodNotAllowed(method, allowed: allowed)
    }

    /// Takes `/t/{domain}` off the front of a path.
    static func separateTenant(_ segments: [String]) -> (domain: String?, segments: [String]) {
        guard segments.count >= 2, segments[0] == "t" else { return (nil, segments) }
        return (segments[1].lowercased(), Array(segments.dropFirst(2)))
    }

    private func tenant(of domain: String?) async throws -> Tenant? {
        guard let domain else { return nil }
        guard let tenant = try await verifier.tenant(domain: domain) else { throw CatalogueError.tenantNotFound(domain) }
        return tenant
    }

    /// The client's `activityid` if it is harmless, else a new one.
    func requestID(of incoming: IncomingRequest) -> String {
        let given = incoming.header("activityid") ?? ""
        let isHarmless =
            (1...64).contains(given.utf8.count)
            && given.utf8.allSatisfy {
                ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2d || $0 == 0x5f
            }
        return isHarmless ? given : random.uuid()
    }
}
