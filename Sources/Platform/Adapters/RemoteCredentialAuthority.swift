import Documents
import FoundationEssentials
import GatewayCore
import Logging
import Model
import RemoteFeed

/// Has the control plane answer a gateway that runs apart.
struct RemoteCredentialAuthority: CredentialAuthority {
    let controlPlane: HTTPControlPlane

    func introspect(_ token: String, keyManager: String, tenant: Int) async throws -> IntrospectedToken? {
        try await ask(
            "/introspection", ["token": .string(token), "keyManager": .string(keyManager), "tenant": JSONValue(tenant)])
    }

    func authenticate(user name: String, password: String) async throws -> AuthenticatedUser? {
        do {
            return try await ask("/sign-in", ["user": .string(name), "password": .string(password)])
        } catch let refusal as FeedRefusal where refusal.status == CatalogueError.tooManySignIns.status {
            throw CredentialAuthorityError.busy
        }
    }

    func claims(ofUser id: String, tenant: Int) async throws -> UserClaims? {
        try await ask("/claims", ["user": .string(id), "tenant": JSONValue(tenant)])
    }

    func refreshKeys(ofKeyManager name: String, tenant: Int) async throws {
        let question: JSONValue = ["keyManager": .string(name), "tenant": JSONValue(tenant)]
        _ = try await controlPlane.ask(question.serialized(), at: FeedProtocol.credentialsPath + "/keys")
    }

    private struct Answer<Value: Decodable>: Decodable {
        var found: Value?
    }

    private func ask<Value: Decodable>(_ path: String, _ question: JSONValue) async throws -> Value? {
        let bytes = try await controlPlane.ask(question.serialized(), at: FeedProtocol.credentialsPath + path)
        return try JSONDecoder().decode(Answer<Value>.self, from: Data(bytes)).found
    }
}

/// Tells the control plane which API keys were used.
struct ReportedKeyUses: KeyUseRecorder {
    let controlPlane: HTTPControlPlane
    let logger: Logger

    func used(_ ids: [String], atMilliseconds: Int64) {
        Task {
            do {
                let report: JSONValue = ["keys": JSONValue(ids)]
                _ = try await controlPlane.ask(report.serialized(), at: FeedProtocol.credentialsPath + "/uses")
            } catch {
                logger.warning("The use of API keys could not be reported.", metadata: ["error": "\(error)"])
            }
        }
    }
}
