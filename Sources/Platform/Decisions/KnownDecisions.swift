import Documents
import GatewayCore
import Model
import Operating

/// The records of the gateway in this process and those that others have sent.
struct KnownDecisions: DecisionSource {
    /// `nil` where no gateway runs.
    let journal: DecisionJournal?
    let received: ReceivedDecisions
    /// Id of the gateway in this process.
    let gateway: String

    func records(of id: String, tenant: Tenant) async -> [DecisionRecord] {
        let own = journal?.find(id, tenantDomain: tenant.domain) ?? []
        return own.compactMap { entry in
            (try? JSONValue.parse(entry.json)).map { DecisionRecord(gateway: gateway, members: $0) }
        } + received.records(of: id, tenant: tenant)
    }
}
