import ContractRouter
import Documents
import Model

/// Answers in the shapes of RFC 6749 §5.
enum OAuthAnswer {
    /// Tokens must not be kept by caches (RFC 6749 §5.1).
    static let uncached: [(name: String, value: String)] = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]

    static func token(_ token: IssuedToken) -> APIResponse {
        var json: JSONValue = ["access_token": .string(token.accessToken)]
        json["refresh_token"] = token.refreshToken.map(JSONValue.string)
        json["scope"] = .string(token.scopes.joined(separator: " "))
        json["id_token"] = token.idToken.map(JSONValue.string)
        json["token_type"] = "Bearer"
        json["expires_in"] = JSONValue(token.expiresIn)
        json["issued_token_type"] = token.issuedTokenType.map(JSONValue.string)
        return APIResponse(headers: uncached, body: .json(json))
    }

    static func error(_ error: OAuthError) -> APIResponse {
        var headers = uncached
        if error.error == "invalid_client" || error.status >= 500 {
            headers.append(("WWW-Authenticate", "Basic realm=\"martlet\""))
        }
        return APIResponse(
            status: error.status, headers: headers,
            body: .json(["error": .string(error.error), "error_description": .string(error.description)]))
    }
}
