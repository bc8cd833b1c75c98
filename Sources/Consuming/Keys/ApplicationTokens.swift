import Model
import Storage

/// What a user asks for when an application needs a token.
public struct ApplicationTokenRequest: Sendable {
    public var scopes: [String]
    /// Seconds; `nil` takes the client's own, negative never expires.
    public var validitySeconds: Int?
    /// Checked if given.
    public var consumerSecret: String?

    public init(scopes: [String], validitySeconds: Int?, consumerSecret: String?) {
        self.scopes = scopes
        self.validitySeconds = validitySeconds
        self.consumerSecret = consumerSecret
    }
}

extension ApplicationKeys {
    /// A token of the application itself.
    public func token(
        _ request: ApplicationTokenRequest, _ reference: KeyReference, application id: String, principal: Principal,
        _ context: ChangeContext
    ) async throws -> IssuedToken {
        let (_, mapping) = try await existing(reference, id, principal)
        guard mapping.isResident else { return try await externalToken(request, mapping) }
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            let credentials = try credentials(of: mapping, in: transaction)
            if let secret = request.consumerSecret, !secret.isEmpty,
                !SecretComparison.areEqual(secret, credentials.secret)
            {
                throw CatalogueError.invalidTokenRequest("The consumer secret is wrong")
            }
            guard credentials.client.grantTypes.contains("client_credentials") else {
                throw CatalogueError.invalidTokenRequest("The keys do not allow the grant type client_credentials")
            }
            return try clients.applicationToken(
                for: credentials.client, scopes: request.scopes, validitySeconds: request.validitySeconds, in: transaction)
        }
    }
}
