import Documents
import FoundationEssentials
import Model
import OutgoingHTTP

/// Registers, changes and deletes clients at key managers of others (RFC 7591, RFC 7592).
public struct ClientRegistrar: Sendable {
    let call: KeyManagerCall

    public init(call: KeyManagerCall) { self.call = call }

    /// Throws 901413 for a key manager that the platform cannot register at, 902003 or 902004 if it does not want to.
    public func register(_ draft: ExternalClientDraft, at manager: KeyManager) async throws -> ExternalClient {
        let (type, endpoint) = try endpoint(of: manager)
        let answer = try await call.succeed(
            try await request("POST", endpoint, ClientMetadata(type: type).json(draft), manager, type))
        guard let id = answer["client_id"]?.string, !id.isEmpty else {
            throw CatalogueError.keyManagerFailed("The key manager's answer has no client_id")
        }
        return ExternalClient(
            id: id, secret: answer["client_secret"]?.string ?? "",
            grantTypes: answer["grant_types"]?.strings ?? draft.grantTypes,
            redirectURIs: answer["redirect_uris"]?.strings ?? draft.redirectURIs, properties: draft.properties,
            registrationURI: Self.usable(answer["registration_client_uri"]?.string, beside: endpoint),
            registrationToken: answer["registration_access_token"]?.string ?? "")
    }

    /// The client with its new settings.
    public func update(
        _ client: ExternalClient, to draft: ExternalClientDraft, at manager: KeyManager
    ) async throws -> ExternalClient {
        let (type, _) = try endpoint(of: manager)
        var metadata = ClientMetadata(type: type).json(draft)
        metadata["client_id"] = .string(client.id)
        let answer = try await call.succeed(try await request("PUT", client, metadata, manager, type))
        var updated = client
        updated.grantTypes = answer["grant_types"]?.strings ?? draft.grantTypes
        updated.redirectURIs = answer["redirect_uris"]?.strings ?? draft.redirectURIs
        updated.properties = draft.properties
        if let secret = answer["client_secret"]?.string, !secret.isEmpty { updated.secret = secret }
        if let token = answer["registration_access_token"]?.string, !token.isEmpty { updated.registrationToken = token }
        return updated
    }

    /// Deletes the client; one that is gone already is no error.
    public func delete(_ client: ExternalClient, at manager: KeyManager) async throws {
        let (type, _) = try endpoint(of: manager)
        let answer = try await call.send(try await request("DELETE", client, nil, manager, type))
        guard answer.isSuccess || answer.status == 404 || answer.status == 410 else {
            throw CatalogueError.keyManagerRefused(answer.reason)
        }
    }

    // MARK: Parts

    private func endpoint(of manager: KeyManager) throws -> (KeyManagerType, String) {
        guard let type = KeyManagerType.named(manager.type), type.registration != .none,
            let endpoint = manager[.registration]
        else { throw CatalogueError.outOfBandKeyManager }
        return (type, endpoint)
    }

    private func request(
        _ method: String, _ url: String, _ body: JSONValue?, _ manager: KeyManager, _ type: KeyManagerType
    ) async throws -> OutgoingRequest {
        request(method, url, body, try await authorization(manager, type))
    }

    private func request(
        _ method: String, _ url: String, _ body: JSONValue?, _ authorization: (name: String, value: String)
    ) -> OutgoingRequest {
        OutgoingRequest(
            method, url,
            headers: [authorization, ("Content-Type", "application/json"), ("Accept", "application/json")],
            body: body?.serialized() ?? [])
    }

    /// A request about a registered client: where and with what the server said, else below the registration endpoint.
    private func request(
        _ method: String, _ client: ExternalClient, _ body: JSONValue?, _ manager: KeyManager, _ type: KeyManagerType
    ) async throws -> OutgoingRequest {
        if !client.registrationURI.isEmpty, !client.registrationToken.isEmpty {
            return request(method, client.registrationURI, body, KeyManagerCall.bearer(client.registrationToken))
        }
        let endpoint = manager[.registration] ?? ""
        let isIdentityServer = type.name == KeyManagerType.identityServer.name
        let segment = isIdentityServer ? Data(client.id.utf8).base64EncodedString() : client.id
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        return try await request(method, "\(base)/\(OutgoingRequest.encoded(segment))", body, manager, type)
    }

    private func authorization(_ manager: KeyManager, _ type: KeyManagerType) async throws -> (name: String, value: String) {
        guard case .dynamic(let credential) = type.registration else { throw CatalogueError.outOfBandKeyManager }
        switch credential {
        case .basic(let name, let password): return KeyManagerCall.userBasic(manager.value(name), manager.value(password))
        case .fixedToken(let name): return ("Authorization", "SSWS " + manager.value(name))
        case .clientCredentials(let id, let secret, let audience):
            let fields = audience.map { [("audience", manager.value($0))] } ?? []
            let token = try await ClientTokens(call: call).token(
                grant: "client_credentials", fields: fields, id: manager.value(id), secret: manager.value(secret),
                at: manager)
            return KeyManagerCall.bearer(token.accessToken)
        }
    }

    /// An address that the server named counts only if it is on the server that was configured.
    private static func usable(_ uri: String?, beside endpoint: String) -> String {
        guard let uri, let named = OutgoingURL(uri), let configured = OutgoingURL(endpoint),
            named.scheme == configured.scheme, named.host == configured.host, named.port == configured.port
        else { return "" }
        return uri
    }
}

extension KeyManager {
    /// The value of a connector's field, secret or not; empty if it has none.
    func value(_ name: String) -> String { secrets[name] ?? properties[name]?.string ?? "" }
}
