import Crypto
import Documents
import Model
import OutgoingHTTP

/// Asks key managers of others about tokens (RFC 7662).
struct TokenIntrospection: Sendable {
    let call: KeyManagerCall
    let circuits: KeyManagerCircuits
    /// How long an answer may take.
    let seconds: Int64

    /// `nil` for a token that is not valid there, or that is none for access. Throws if there is no answer.
    func introspect(_ token: String, at manager: KeyManager) async throws -> IntrospectedToken? {
        guard let url = manager[.introspection] else { return nil }
        var headers = [(name: "Accept", value: "application/json")]
        if let authorization = authorization(of: manager) { headers.append(authorization) }
        var request = OutgoingRequest.form(
            url, [("token", token), ("token_type_hint", "access_token")], headers: headers)
        request.seconds = seconds
        let answer = try await ask(manager, request)
        let json = try answer.success()
        guard json["active"]?.bool == true, !["refresh_token", "Refresh"].contains(json["token_type"]?.string ?? "") else {
            return nil
        }
        if let issuer = json["iss"]?.string, !manager.issuer.isEmpty, issuer != manager.issuer { return nil }
        return Self.token(json, token, manager)
    }

    private func ask(_ manager: KeyManager, _ request: OutgoingRequest) async throws -> KeyManagerCall.Answer {
        try await circuits.ask(manager) { try await call.send(request) }
    }

    /// A client's id and secret where the type has them, else what the platform registers clients with.
    private func authorization(of manager: KeyManager) -> (name: String, value: String)? {
        for (id, secret) in [
            ("client_id", "client_secret"), ("mgmt_client_id", "mgmt_client_secret"),
            ("azure_ad_client_id", "azure_ad_client_secret"),
        ] where !manager.value(id).isEmpty { return KeyManagerCall.basic(manager.value(id), manager.value(secret)) }
        for (name, password) in [("Username", "Password"), ("username", "password")] where !manager.value(name).isEmpty {
            return KeyManagerCall.userBasic(manager.value(name), manager.value(password))
        }
        return nil
    }

    private static func token(_ json: JSONValue, _ token: String, _ manager: KeyManager) -> IntrospectedToken {
        let subject = json["sub"]?.string ?? json["username"]?.string ?? ""
        let scopes = json[manager.scopesClaim] ?? json["scope"]
        return IntrospectedToken(
            tokenID: json["jti"]?.string ?? opaqueTokenID(token),
            consumerKey: json[manager.consumerKeyClaim]?.string ?? json["client_id"]?.string ?? json["azp"]?.string ?? "",
            subject: subject, userName: json["username"]?.string ?? subject,
            scopes: texts(scopes).flatMap { $0.split(separator: " ").map(String.init) }, audiences: texts(json["aud"]),
            isOfUser: json["aut"]?.string.map { $0 == "APPLICATION_USER" },
            issuedMilliseconds: milliseconds(json["iat"]) ?? 0, expiresMilliseconds: milliseconds(json["exp"]),
            certificateThumbprint: json["cnf"]?["x5t#S256"]?.string ?? (json["cnf"] == nil ? nil : ""), claims: json.text)
    }

    private static func texts(_ value: JSONValue?) -> [String] { value?.strings ?? value?.string.map { [$0] } ?? [] }

    private static func milliseconds(_ value: JSONValue?) -> Int64? {
        guard let seconds = value?.double, abs(seconds) < 9e12 else { return nil }
        return Int64(seconds * 1000)
    }

    /// What revocations call a token that has no name of its own: gateways and feeds never hold it in the clear.
    static func opaqueTokenID(_ token: String) -> String {
        "sha256:"
            + SHA256.hash(data: Array(token.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
