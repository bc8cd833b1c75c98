import Documents
import Model
import Storage

/// API keys of applications: signed, not stored, revocable.
public struct APIKeys: Sendable {
    private let changes: ChangeStore
    private let signer: any APIKeySigner

    public init(changes: ChangeStore, signer: any APIKeySigner) {
        self.changes = changes
        self.signer = signer
    }

    /// Signs a key. `validitySeconds` of 0 or less never expires.
    public func generate(
        _ keyType: KeyType, validitySeconds: Int, permittedIP: String?, permittedReferer: String?,
        application id: String, principal: Principal, _ context: ChangeContext
    ) async throws -> SignedKey {
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            let claims = APIKeyClaims(
                subject: principal.qualifiedName, applicationNumber: application.number, applicationID: application.id,
                keyType: keyType, validitySeconds: validitySeconds > 0 ? validitySeconds : nil,
                permittedIP: permittedIP, permittedReferer: permittedReferer)
            let key = try signer.sign(claims, tenant: application.tenant, at: context.milliseconds, in: transaction)
            try transaction.audit("create", kind: "apiKey", id: key.tokenID, after: ["application": JSONValue(id)])
            return key
        }
    }

    /// Tells the gateways to refuse the key from now on. Throws a 400 for anything but a valid key of this application.
    public func revoke(
        _ token: String, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws {
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            guard
                let key = try signer.verify(
                    token, tenant: application.tenant, at: context.milliseconds, in: transaction)
            else { throw CatalogueError.badRequest("The API key is not valid") }
            guard key.applicationID == id else {
                throw CatalogueError.badRequest("The API key belongs to another application")
            }
            try transaction.audit("revoke", kind: "apiKey", id: key.tokenID)
            let revocation = GatewayRevocation(
                tenant: application.tenant.id, tokenID: key.tokenID,
                expiresMilliseconds: key.expiresMilliseconds ?? .max)
            transaction.publish(.put(.revocation(revocation)))
        }
    }
}
