import Model
import Storage

/// Forgets tokens that have run out, and their revocations.
public struct TokenCleaning: Sendable {
    private let changes: ChangeStore
    private let time: TimeSource
    private static let batch = 500
    /// Milliseconds for which gateways may take a token for valid after its end, because clocks differ (`oauth.timestamp_skew`).
    private static let clockDifference: Int64 = 3_600_000

    init(changes: ChangeStore, time: TimeSource) {
        self.changes = changes
        self.time = time
    }

    /// Removes all tokens whose access and refresh parts have run out an hour ago; returns how many. To be called now and then.
    @discardableResult
    public func removeExpired() async throws -> Int {
        var total = 0
        while true {
            let now = time.milliseconds
            let context = ChangeContext(
                actor: "martlet", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: now)
            let removed = try await changes.change(context) { change in
                let expired = try TokenTable.expired(before: now - Self.clockDifference, limit: Self.batch, in: change)
                for token in expired {
                    try TokenTable.delete(token.tokenID, in: change)
                    if !token.isActive { change.publish(.remove(kind: .revocation, key: token.tokenID)) }
                }
                return expired.count
                    + (try GatewayRevocations.removeExpired(
                        before: now - Self.clockDifference, limit: Self.batch, in: change))
            }
            total += removed
            if removed < Self.batch { return total }
        }
    }
}
