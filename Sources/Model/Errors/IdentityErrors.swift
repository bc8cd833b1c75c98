/// Refusals of the identity part that go out in the shape of the REST APIs.
extension CatalogueError {
    /// The user's name or password is wrong, or the user or tenant may not sign in. One text for all, so that nothing shows
    /// which of them it was.
    public static let invalidCredentials = Self(
        code: 900901, status: 401, message: "Invalid Credentials",
        description: "Invalid Credentials. Make sure you have provided the correct security credentials")

    /// A token that was never issued here, was tampered with, or has been revoked.
    public static let invalidAccessToken = Self(
        code: 900906, status: 401, message: "Invalid Credentials",
        description: "Access token is invalid or has been revoked")

    public static let expiredAccessToken = Self(
        code: 900903, status: 401, message: "Invalid Credentials", description: "Access token has expired")

    public static let malformedAuthorization = Self(
        code: 900911, status: 401, message: "Invalid Authorization header",
        description: "Expected Basic or Bearer credentials in the Authorization header")

    /// A path with `/t/{domain}` was called by a user of another tenant.
    public static let userOfAnotherTenant = forbidden("The user belongs to another tenant")

    /// More passwords wait to be checked than the server wants to hold.
    public static let tooManySignIns = Self(
        code: 503, status: 503, message: "Service Unavailable", description: "Too many sign-ins at once. Try again later.")

    /// A client registration names another owner than the caller.
    public static func ownerIsNotCaller(caller: String, owner: String) -> Self {
        badRequest("Logged in user '\(caller)' and application owner '\(owner)' should be same.")
    }

    public static func userExists(_ name: String) -> Self {
        alreadyExists("User with the name: \(name) already exists in the system.")
    }

    public static let userNameChanged = badRequest("userName cannot be changed")

    public static func tenantExists(_ domain: String) -> Self {
        Self(code: 409, status: 409, message: "Tenant already exists", description: "Tenant domain \(domain) is taken")
    }

    public static func noSuchTenant(_ id: String) -> Self {
        Self(code: 404, status: 404, message: "Tenant not found", description: "There is no tenant \(id)")
    }

    public static func illegalTenantDomain(_ domain: String) -> Self {
        let text =
            "The tenant domain \(domain) contains one or more illegal characters. "
            + "The valid characters are letters, numbers, '.', '-' and '_'."
        return Self(code: 400, status: 400, message: text, description: text)
    }

    /// The name or client id of a client to be registered is taken.
    public static let oauthClientExists = Self(
        code: 900951, status: 409, message: "OAuth2 application already created",
        description: "An OAuth2 client of this name or id exists already")

    /// A client of the name exists and belongs to somebody else.
    public static let clientOfAnotherOwner = forbidden("Access is forbidden to the application")
}

/// Answers of the OAuth2 endpoints (RFC 6749 §5.2).
extension OAuthError {
    public static func invalidRequest(_ description: String) -> Self {
        Self(status: 400, error: "invalid_request", description: description)
    }

    public static func invalidClient(_ description: String) -> Self {
        Self(status: 401, error: "invalid_client", description: description)
    }

    public static func invalidGrant(_ description: String) -> Self {
        Self(status: 400, error: "invalid_grant", description: description)
    }

    public static let repeatedParameters = invalidRequest("Invalid request with repeated parameters.")
    public static let sensitiveQuery = invalidRequest("Invalid request with sensitive data in the URL.")
    public static let missingGrantType = invalidRequest("Missing parameters: grant_type")
    public static let severalClientAuthentications = invalidRequest(
        "The client MUST NOT use more than one authentication method in each")
    public static let clientAuthenticationFailed = invalidClient("Client Authentication failed.")
    public static let unsupportedClientAuthentication = invalidClient("Unsupported Client Authentication Method!")

    public static func unknownClient(_ consumerKey: String) -> Self {
        invalidClient("A valid OAuth client could not be found for client_id: \(consumerKey)")
    }

    public static func unsupportedGrantType(_ grantType: String) -> Self {
        Self(status: 400, error: "unsupported_grant_type", description: "Unsupported grant type : \(grantType), is used.")
    }

    public static let unauthorizedGrantType = Self(
        status: 400, error: "unauthorized_client",
        description: "The authenticated client is not authorized to use this authorization grant type")
    public static let missingPassword = invalidRequest("Missing parameters: username/password")

    public static func wrongPassword(_ username: String) -> Self {
        invalidGrant("Authentication failed for the user: \(username)")
    }

    public static let missingRefreshToken = invalidRequest("Missing parameters: refresh_token")
    public static let unknownRefreshToken = invalidGrant("Invalid refresh token value in the request")
    public static let inactiveRefreshToken = invalidGrant("Invalid refresh token state")
    public static let expiredRefreshToken = invalidGrant("Refresh token is expired.")
    public static let invalidScope = Self(status: 400, error: "invalid_scope", description: "Invalid Scope!")
    public static let invalidRevocation = invalidRequest("Invalid revocation request")
    /// The token to be revoked was issued to another client (RFC 7009 §2.1).
    public static let tokenOfAnotherClient = Self(
        status: 401, error: "unauthorized_client", description: "Client Authentication failed.")
    public static let bearerMissing = invalidRequest("Bearer token missing")
    public static let invalidToken = Self(
        status: 401, error: "invalid_token", description: "Access token validation failed")
    public static let openIDScopeMissing = Self(
        status: 403, error: "insufficient_scope", description: "Access token does not have the openid scope")
}
