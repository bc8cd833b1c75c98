import Documents
import Model
import OutgoingHTTP

/// Gets tokens of clients at key managers of others (RFC 6749 §4.4).
public struct ClientTokens: Sendable {
    let call: KeyManagerCall

    public init(call: KeyManagerCall) { self.call = call }

    /// A token that a client gets for itself.
    public func applicationToken(
        of client: ExternalClient, scopes: [String], at manager: KeyManager
    ) async throws -> IssuedToken {
        var fields: [(name: String, value: String)] = []
        if !scopes.isEmpty { fields.append(("scope", scopes.joined(separator: " "))) }
        if let audience = client.properties["audience_of_api"]?.string, !audience.isEmpty {
            fields.append(("audience", audience))
        }
        return try await token(
            grant: "client_credentials", fields: fields, id: client.id, secret: client.secret, at: manager,
            inBody: client.properties["token_endpoint_auth_method"]?.string == "client_secret_post")
    }

    func token(
        grant: String, fields: [(name: String, value: String)], id: String, secret: String, at manager: KeyManager,
        inBody: Bool = false
    ) async throws -> IssuedToken {
        let json = try await call.succeed(try request(grant, fields, id, secret, manager, inBody))
        guard let token = json["access_token"]?.string, !token.isEmpty else {
            throw CatalogueError.keyManagerFailed("The key manager's answer has no access_token")
        }
        let scopes = (json["scope"]?.string ?? "").split(separator: " ").map(String.init)
        return IssuedToken(
            accessToken: token, refreshToken: nil, idToken: nil, scopes: scopes.isEmpty ? ["default"] : scopes,
            expiresIn: json["expires_in"]?.int ?? 0, tokenID: "")
    }

    /// Whether id and secret belong to a client there. A server that knows the client may still refuse the grant.
    public func knows(id: String, secret: String, at manager: KeyManager) async throws -> Bool {
        let answer = try await call.send(try request("client_credentials", [], id, secret, manager, false))
        if answer.isSuccess { return true }
        if answer.status >= 500 { throw CatalogueError.keyManagerFailed(answer.reason) }
        return answer.status == 400
            && ["unauthorized_client", "invalid_scope", "unsupported_grant_type"].contains(answer.error)
    }

    private func request(
        _ grant: String, _ fields: [(name: String, value: String)], _ id: String, _ secret: String, _ manager: KeyManager,
        _ inBody: Bool
    ) throws -> OutgoingRequest {
        guard let url = manager[.token] else { throw CatalogueError.outOfBandKeyManager }
        let accept = (name: "Accept", value: "application/json")
        let all = [(name: "grant_type", value: grant)] + fields
        if inBody {
            return .form(url, all + [("client_id", id), ("client_secret", secret)], headers: [accept])
        }
        return .form(url, all, headers: [accept, KeyManagerCall.basic(id, secret)])
    }
}
