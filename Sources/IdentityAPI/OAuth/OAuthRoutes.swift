import ContractRouter
import Documents
import Identity
import Logging
import Model

/// The token, revocation, introspection and userinfo endpoints.
struct OAuthRoutes: Sendable {
    let services: IdentityServices
    let logger: Logger

    func register(in table: inout HandlerTable) {
        route(in: &table, "POST", "/oauth2/token", token)
        route(in: &table, "POST", "/oauth2/revoke", revoke)
        route(in: &table, "GET", "/oauth2/userinfo", userInfo)
        route(in: &table, "POST", "/oauth2/userinfo", userInfo)
        table.route("POST", "/oauth2/introspect", authentication: .user(scopes: [])) { [self] in try await introspect($0) }
    }

    private func route(
        in table: inout HandlerTable, _ method: String, _ path: String, _ handler: @escaping HandlerTable.Handler
    ) {
        table.route(method, path) { [logger] request in
            do {
                return try await handler(request)
            } catch let error as OAuthError {
                return OAuthAnswer.error(error)
            } catch {
                logger.error("OAuth2 request failed", metadata: ["error": "\(error)", "request": "\(request.requestID)"])
                return OAuthAnswer.error(.unexpected(error))
            }
        }
    }

    private func token(_ request: APIRequest) async throws -> APIResponse {
        OAuthAnswer.token(try await services.tokenEndpoint.token(TokenRequest(request)))
    }

    private func revoke(_ request: APIRequest) async throws -> APIResponse {
        var headers = OAuthAnswer.uncached
        if let outcome = try await services.revocationEndpoint.revoke(TokenRequest(request)) {
            headers.append(("RevokedAccessToken", outcome.accessToken))
            if let refreshToken = outcome.refreshToken { headers.append(("RevokedRefreshToken", refreshToken)) }
            headers.append(("AuthorizedUser", outcome.authorizedUser))
        }
        return APIResponse(headers: headers)
    }

    private func introspect(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        guard caller.roles.contains(BuiltInRole.administrator.rawValue) || caller.scopes.contains("internal_oauth2_introspect")
        else { throw CatalogueError.forbidden("The user may not introspect tokens") }
        guard let token = try TokenRequest(request).parameters["token"]?.first, !token.isEmpty else {
            return APIResponse(status: 400, body: .json(["error": "Invalid input"]))
        }
        return .ok(try await services.introspection.introspect(token, nowMilliseconds: request.milliseconds))
    }

    private func userInfo(_ request: APIRequest) async throws -> APIResponse {
        do {
            guard let header = request.headers["authorization"], header.lowercased().hasPrefix("bearer ") else {
                throw OAuthError.bearerMissing
            }
            let token = String(header.dropFirst("bearer ".count))
            return .ok(try await services.introspection.userInfo(token, nowMilliseconds: request.milliseconds))
        } catch let error as OAuthError {
            var response = OAuthAnswer.error(error)
            response.headers.append(("WWW-Authenticate", "Bearer error=\"\(error.error)\""))
            return response
        }
    }
}
