import Identity
import Logging
import Model
import Storage

/// What application keys need of key managers of others.
public struct ExternalKeyManagers: Sendable {
    let offered: OfferedKeyManagers
    let registrar: ClientRegistrar
    let tokens: ClientTokens
    let table: ExternalClientTable
    let logger: Logger

    public init(offered: OfferedKeyManagers, call: KeyManagerCall, vault: Vault, logger: Logger) {
        self.offered = offered
        registrar = ClientRegistrar(call: call)
        tokens = ClientTokens(call: call)
        table = ExternalClientTable(vault: vault)
        self.logger = logger
    }

    /// The clients that were made for an application at key managers of others.
    func clients(
        of application: Application, in connection: any SQLConnection
    ) throws -> [(manager: KeyManager, client: ExternalClient)] {
        try KeyMappingTable.all(application: application, in: connection).compactMap { mapping in
            guard mapping.mode == .created, !mapping.isResident, let client = try table.find(mapping, in: connection),
                let manager = try offered.find(mapping.keyManager, tenant: mapping.tenant, in: connection)
            else { return nil }
            return (manager, client)
        }
    }

    /// Deletes a client that nobody needs any more; if that fails, an administrator of the key manager has to.
    func discard(_ client: ExternalClient, at manager: KeyManager) async {
        do {
            try await registrar.delete(client, at: manager)
        } catch {
            logger.warning(
                "A client stays at its key manager.",
                metadata: ["keyManager": "\(manager.name)", "client": "\(client.id)", "error": "\(error)"])
        }
    }
}
