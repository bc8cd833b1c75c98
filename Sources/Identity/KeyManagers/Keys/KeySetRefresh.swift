import Logging
import Model
import Storage

/// Fetches the keys of key managers again when they are due, or when a gateway meets a key that it does not know.
///
/// Several nodes share the work: each fetch is claimed in the database first.
public struct KeySetRefresh: Sendable {
    let managers: KeyManagers
    let time: TimeSource

    /// How soon a failed fetch is tried again.
    static let retryMilliseconds: Int64 = 30_000
    /// How often one key manager may be asked because of unknown keys: anybody can make up a key's name.
    private static let shortestPause: Int64 = 10_000

    public init(managers: KeyManagers, time: TimeSource) {
        self.managers = managers
        self.time = time
    }

    /// Fetches what is due now. Returns after everything was tried once.
    public func refreshDue() async throws {
        let now = time.milliseconds
        let due = try await managers.changes.read { try managers.table.due(before: now, limit: 50, in: $0) }
        for manager in due { try await refresh(manager, at: now) }
    }

    /// Fetches the keys of one key manager, unless that was done moments ago. When it returns, gateways know them.
    public func refresh(keyManager name: String, tenant: Tenant) async throws {
        let now = time.milliseconds
        let manager = try await managers.changes.read { connection -> KeyManager? in
            guard let found = try managers.table.find(name: name, tenant: tenant, in: connection),
                let keys = try managers.table.keys(id: found.id, in: connection), let due = keys.due
            else { return nil }
            let pause = keys.problem == nil ? managers.settings.keySetMilliseconds : Self.retryMilliseconds
            return due - pause + Self.shortestPause <= now ? found : nil
        }
        guard let manager else { return }
        try await fetch(manager, at: now)
    }

    private func refresh(_ manager: KeyManager, at now: Int64) async throws {
        let isOurs = try await managers.changes.store.write { transaction in
            try managers.table.claim(
                manager.id, until: now + managers.settings.keySetMilliseconds, at: now, in: transaction)
        }
        if isOurs { try await fetch(manager, at: now) }
    }

    private func fetch(_ manager: KeyManager, at now: Int64) async throws {
        guard let place = manager.certificates, place.kind == .keySet else { return }
        do {
            let keySet = try await managers.source.keySet(at: place.value)
            try await store(.init(keySet: keySet, due: now + managers.settings.keySetMilliseconds, problem: nil), manager, now)
        } catch let problem as KeySetSource.Problem {
            managers.logger.warning(
                "The keys of a key manager cannot be had; the old ones go on to count.",
                metadata: ["keyManager": "\(manager.name)", "reason": "\(problem.reason)"])
            try await managers.changes.store.write { transaction in
                guard var keys = try managers.table.keys(id: manager.id, in: transaction) else { return }
                keys.due = now + Self.retryMilliseconds
                keys.problem = problem.reason
                try managers.table.setKeys(keys, of: manager.id, in: transaction)
            }
        }
    }

    private func store(_ keys: KeyManagerTable.Keys, _ manager: KeyManager, _ now: Int64) async throws {
        let context = ChangeContext(
            actor: "system", tenant: manager.tenant, clientAddress: "", requestID: "", milliseconds: now)
        try await managers.changes.change(context) { change in
            // The key manager may have been changed or deleted in the meantime.
            guard let current = try managers.table.find(id: manager.id, tenant: manager.tenant, in: change),
                current.certificates == manager.certificates,
                let known = try managers.table.keys(id: manager.id, in: change)
            else { return }
            try managers.table.setKeys(keys, of: manager.id, in: change)
            guard known.keySet != keys.keySet else { return }
            let isActive = try manager.isGlobal || TenantTable.find(id: manager.tenant.id, in: change)?.isActive ?? false
            try managers.publication.publish(current, isTenantActive: isActive, in: change)
            try change.audit("refreshKeys", kind: "keyManager", id: manager.id)
        }
    }
}
