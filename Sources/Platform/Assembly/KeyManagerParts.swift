import AdminAPI
import Consuming
import Identity
import Model
import Storage

/// What administrators learn about the use of key managers.
enum KeyManagerParts {
    static func uses(_ changes: ChangeStore) -> KeyManagerUses {
        KeyManagerUses(
            apis: { manager, tenant in
                try await changes.read { try KeyManagerUse.apis(named: manager.name, tenant: tenant, in: $0) }.map { api in
                    KeyManagerUses.API(
                        id: api.id, name: api.name, version: api.version, context: api.context, provider: api.provider,
                        type: api.type, status: api.state, entry: api.entry)
                }
            },
            applications: { manager, tenant in
                try await changes.read { try KeyManagerUse.applications(named: manager.name, tenant: tenant, in: $0) }
            },
            usedNames: { tenant in try await changes.read { try KeyManagerUse.names(tenant: tenant, in: $0) } },
            deletion: KeyManagers.Use { manager, tenant, connection in
                try KeyManagerUse.isUsed(named: manager.name, tenant: manager.isGlobal ? nil : tenant, in: connection)
            })
    }
}
