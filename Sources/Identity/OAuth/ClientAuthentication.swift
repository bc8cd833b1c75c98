import FoundationEssentials
import Model
import Storage
import Tokens

/// Finds out which client asks (RFC 6749 §2.3): HTTP Basic, or id and secret in the body; public clients send their id alone.
struct ClientAuthentication: Sendable {
    let registry: OAuthClientRegistry

    /// The credential of a request.
    struct Credential: Sendable, Hashable {
        var consumerKey: String
        /// `nil` when only the id was sent.
        var secret: String?
    }

    /// The credential of a request. Throws when it has several, or none.
    static func credential(of request: TokenRequest) throws -> Credential {
        let inBody = request["client_id"]
        guard let header = request.authorization, header.lowercased().hasPrefix("basic ") else {
            guard let inBody else { throw OAuthError.unsupportedClientAuthentication }
            return Credential(consumerKey: inBody, secret: request["client_secret"])
        }
        guard let (name, secret) = BasicCredential.parse(header) else { throw OAuthError.clientAuthenticationFailed }
        guard request["client_secret"] == nil, inBody == nil || inBody == name else {
            throw OAuthError.severalClientAuthentications
        }
        return Credential(consumerKey: name, secret: secret)
    }

    /// The client of a credential; throws an `invalid_client`.
    func client(_ credential: Credential, at tenant: Tenant, _ connection: any SQLConnection) throws -> OAuthClient {
        guard let known = try registry.credentials(credential.consumerKey, connection),
            let owner = try TenantTable.find(id: known.client.tenant.id, in: connection), owner.isActive,
            tenant.isSuper || known.client.servesAllTenants || known.client.tenant == tenant
        else { throw OAuthError.unknownClient(credential.consumerKey) }
        if let secret = credential.secret {
            guard isEqualInConstantTime(Array(known.secret.utf8), Array(secret.utf8)) else {
                throw OAuthError.clientAuthenticationFailed
            }
        } else if !known.client.attributes.isPublic {
            throw OAuthError.unsupportedClientAuthentication
        }
        return known.client
    }
}

/// The header of HTTP Basic authentication (RFC 7617).
public enum BasicCredential {
    /// Name and password; `nil` if the header is malformed. The password may contain colons.
    public static func parse(_ header: String) -> (name: String, password: String)? {
        let encoded = header.dropFirst("basic ".count).filter { $0 != " " }
        guard let bytes = Data(base64Encoded: String(encoded)), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":"), colon != text.startIndex, !text.utf8.contains(0)
        else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
