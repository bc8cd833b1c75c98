import Documents
import Model
import Synchronization

/// The records that gateways which run apart have sent to this node: in memory, the newest ones.
public final class ReceivedDecisions: Sendable {
    private struct Entry {
        var requestID: String
        var activityID: String
        var tenantDomain: String
        var gateway: String
        /// The record's JSON.
        var text: [UInt8]
    }

    private struct State {
        /// Grows up to the capacity; then the oldest is overwritten.
        var entries: [Entry] = []
        var next = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    /// Longest record that is kept, in bytes.
    private static let longestRecord = 16 << 10

    /// - Parameter capacity: records that are remembered, at about 1 KB each.
    public init(capacity: Int = 10_000) { self.capacity = max(1, capacity) }

    /// Takes what a gateway sends. What does not look like a record, and what is not of a tenant that the gateway's token is for, is dropped.
    public func take(_ records: [JSONValue], from gateway: String, token: GatewayToken) {
        let entries = records.compactMap { Self.entry($0, from: gateway, token: token) }
        guard !entries.isEmpty else { return }
        state.withLock { state in
            for entry in entries {
                if state.entries.count < capacity {
                    state.entries.append(entry)
                } else {
                    state.entries[state.next % capacity] = entry
                }
                state.next += 1
            }
        }
    }

    private static func entry(_ record: JSONValue, from gateway: String, token: GatewayToken) -> Entry? {
        guard let requestID = record["requestId"]?.string, let activityID = record["activityId"]?.string,
            let tenantDomain = record["tenantDomain"]?.string, (1...128).contains(requestID.utf8.count),
            (1...128).contains(activityID.utf8.count), token.tenants.isEmpty || token.tenants.contains(tenantDomain)
        else { return nil }
        let text = record.serialized()
        guard text.count <= longestRecord else { return nil }
        return Entry(
            requestID: requestID, activityID: activityID, tenantDomain: tenantDomain, gateway: gateway, text: text)
    }

    /// The records of a tenant with the given request id or activity id.
    public func records(of id: String, tenant: Tenant) -> [DecisionRecord] {
        let found = state.withLock { state in
            state.entries.filter { ($0.requestID == id || $0.activityID == id) && $0.tenantDomain == tenant.domain }
        }
        return found.compactMap { entry in
            (try? JSONValue.parse(entry.text)).map { DecisionRecord(gateway: entry.gateway, members: $0) }
        }
    }
}
