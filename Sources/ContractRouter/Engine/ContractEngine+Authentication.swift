import Model

extension ContractEngine {
    /// Checks the credential and scopes of a contract operation. A credential that is present is checked even where none is needed.
    func authenticate(_ operation: ContractOperation, _ exchange: RoutedRequest) async throws -> Principal? {
        guard let authorization = exchange.incoming.header("authorization") else {
            guard operation.isAnonymous else { throw CatalogueError.missingCredentials }
            return nil
        }
        let principal = try await verifier.verify(authorization: authorization, tenantDomain: exchange.tenantDomain)
        if !operation.isAnonymous { try Self.check(principal, has: operation.scopes) }
        return principal
    }

    func authenticate(_ authentication: HandlerTable.Authentication, _ exchange: RoutedRequest) async throws -> Principal? {
        guard case .user(let scopes) = authentication else { return nil }
        guard let authorization = exchange.incoming.header("authorization") else { throw CatalogueError.missingCredentials }
        let principal = try await verifier.verify(authorization: authorization, tenantDomain: exchange.tenantDomain)
        try Self.check(principal, has: scopes)
        return principal
    }

    private static func check(_ principal: Principal, has scopes: [String]) throws {
        guard scopes.isEmpty || scopes.contains(where: principal.scopes.contains) else {
            throw CatalogueError.scopeNotGranted(scopes)
        }
    }
}
