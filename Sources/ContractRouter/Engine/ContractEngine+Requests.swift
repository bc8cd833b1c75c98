import Documents
import Model

extension ContractEngine {
    /// The checked request of a contract operation; throws a 4xx that names the member and the rule.
    func contractRequest(
        _ exchange: RoutedRequest, operation: ContractOperation, contract: Contract, rules: OperationRules,
        principal: Principal?, tenant: Tenant?
    ) async throws -> APIRequest {
        // Another tenant's things do not exist for a caller, except where the contract lets callers choose a tenant.
        if let tenant, let principal, tenant != principal.tenant, !rules.selectsTenant {
            throw CatalogueError.tenantNotFound(tenant.domain)
        }
        let values = try ParameterReader(rules: rules, exchange: exchange).read()
        if rules.checksAccept { try Acceptance(exchange.incoming.header("accept")).check(rules.answerTypes) }
        let body = try BodyReader(rules: rules, configuration: configuration, exchange: exchange).read()
        var selected = tenant
        if rules.selectsTenant, let domain = exchange.incoming.header("x-wso2-tenant"), !domain.isEmpty {
            guard let found = try await verifier.tenant(domain: domain.lowercased()) else {
                throw CatalogueError.tenantNotFound(domain)
            }
            selected = found
        }
        var request = APIRequest(
            contract: contract.name, operationID: operation.id, method: exchange.incoming.method, path: exchange.path,
            principal: principal, tenant: selected ?? principal?.tenant ?? .superTenant, pathParameters: exchange.parameters,
            query: values, headers: exchange.headers, body: body, baseURL: exchange.baseURL,
            clientAddress: exchange.incoming.clientAddress, requestID: exchange.requestID, milliseconds: exchange.milliseconds)
        request.ifMatch = try EntityTag.expectedVersion(exchange.incoming.header("if-match"))
        return request
    }

    /// The request of a plain route: the body is parsed by its media type, nothing is checked against a contract.
    func plainRequest(_ exchange: RoutedRequest, principal: Principal?, tenant: Tenant?) throws -> APIRequest {
        var request = APIRequest(
            contract: "", operationID: "", method: exchange.incoming.method, path: exchange.path, principal: principal,
            tenant: tenant ?? .superTenant, pathParameters: exchange.parameters, query: Self.strings(exchange.target.query),
            headers: exchange.headers, body: try RawBody(configuration: configuration).plain(exchange.incoming),
            baseURL: exchange.baseURL, clientAddress: exchange.incoming.clientAddress, requestID: exchange.requestID,
            milliseconds: exchange.milliseconds)
        request.ifMatch = try EntityTag.expectedVersion(exchange.incoming.header("if-match"))
        return request
    }

    /// Pairs as an object: strings, repeated names as arrays.
    static func strings(_ pairs: [(name: String, value: String)]) -> JSONObject {
        var object = JSONObject()
        for (name, value) in pairs {
            switch object[name] {
            case .array(let values): object[name] = .array(values + [.string(value)])
            case let first?: object[name] = .array([first, .string(value)])
            case nil: object[name] = .string(value)
            }
        }
        return object
    }
}
