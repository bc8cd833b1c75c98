import Logging
import Model
import ServiceLifecycle
import Storage

/// Passes on one-time tokens that were used at the gateway of this process, so that the other gateways refuse them too.
struct SpentTokenService: Service {
    let tokens: AsyncStream<SpentToken>
    /// Must not throw for long: the tokens after this one wait.
    let pass: @Sendable (SpentToken) async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await token in tokens { await pass(token) }
        }
    }
}

/// Revokes tokens that are used up.
struct SpentTokenRevocation: Sendable {
    let changes: ChangeStore
    let time: TimeSource
    let logger: Logger

    /// Once this has returned, no gateway takes the token any more.
    func revoke(_ token: SpentToken) async {
        let context = ChangeContext(
            actor: "martlet", tenant: Tenant(id: token.tenant, domain: token.tenantDomain), clientAddress: "", requestID: "",
            milliseconds: time.milliseconds)
        do {
            try await changes.change(context) { change in
                let revocation = GatewayRevocation(
                    tenant: token.tenant, tokenID: token.id, expiresMilliseconds: token.expiresMilliseconds)
                change.publish(.put(.revocation(revocation)))
                try change.audit("revoke one-time token", kind: "token", id: token.id)
            }
        } catch {
            logger.error("A one-time token could not be revoked everywhere.", metadata: ["error": "\(error)"])
        }
    }
}
