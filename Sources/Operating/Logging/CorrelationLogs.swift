import Documents
import Model
import Storage

/// Whether calls are followed by request id (`docs/correlation-logs.md`); one setting for the installation. A change is live on the
/// gateways when it is answered.
public struct CorrelationLogs: Sendable {
    private let changes: ChangeStore

    public init(changes: ChangeStore) { self.changes = changes }

    /// All components in a fixed order; those that were never set are off.
    public func components() async throws -> [CorrelationComponent] {
        try await changes.read { try CorrelationTable.all(in: $0) }
    }

    /// Replaces the components that are named; the others stay as they are.
    public func set(_ components: [CorrelationComponent], _ context: ChangeContext) async throws -> [CorrelationComponent] {
        try await changes.change(context) { change in
            let before = try CorrelationTable.all(in: change)
            for component in components { try CorrelationTable.set(component, in: change) }
            let after = try CorrelationTable.all(in: change)
            try change.audit(
                "update", kind: "correlationLog", id: GatewayLogging.correlationKey, before: Self.auditForm(before),
                after: Self.auditForm(after))
            change.publish(.put(.logging(.correlation(isEnabled: Self.logsCalls(after)))))
            return after
        }
    }

    /// Calls are the matter of two components: one is named after the client's side, the other after the mediation.
    private static func logsCalls(_ components: [CorrelationComponent]) -> Bool {
        components.contains { $0.isEnabled && ($0.name == .http || $0.name == .synapse) }
    }

    private static func auditForm(_ components: [CorrelationComponent]) -> JSONValue {
        .array(components.filter(\.isEnabled).map { JSONValue($0.name.rawValue) })
    }
}
