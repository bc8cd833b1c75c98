import Documents
import Model
import Storage

/// Whether calls are followed by request id (`docs/correlation-logs.md`); one setting for the installation. A change is live on the
/// gateways when it is answered.
public struct CorrelationLogs: Sendable {
    private let changes: ChangeStore
    private let watchStatements: @Sendable (Bool) -> Void

    /// - Parameter watchStatements: told whether this node is to log the statements of its database.
    public init(changes: ChangeStore, watchStatements: @escaping @Sendable (Bool) -> Void = { _ in }) {
        self.changes = changes
        self.watchStatements = watchStatements
    }

    /// All components in a fixed order; those that were never set are off.
    public func components() async throws -> [CorrelationComponent] {
        try await changes.read { try CorrelationTable.all(in: $0) }
    }

    /// Replaces the components that are named; the others stay as they are.
    public func set(_ components: [CorrelationComponent], _ context: ChangeContext) async throws -> [CorrelationComponent] {
        let components = try await changes.change(context) { change in
            let before = try CorrelationTable.all(in: change)
            for component in components { try CorrelationTable.set(component, in: change) }
            let after = try CorrelationTable.all(in: change)
            try change.audit(
                "update", kind: "correlationLog", id: GatewayLogging.correlationKey, before: Self.auditForm(before),
                after: Self.auditForm(after))
            change.publish(.put(.logging(.correlation(isEnabled: Self.logsCalls(after)))))
            return after
        }
        watchStatements(Self.logsStatements(components))
        return components
    }

    /// Has this node log the statements of its database as it is set; another node may have changed it.
    public func switchStatements() async throws { watchStatements(Self.logsStatements(try await components())) }

    private static func logsStatements(_ components: [CorrelationComponent]) -> Bool {
        components.contains { $0.isEnabled && $0.name == .jdbc }
    }

    /// Calls are the matter of two components: one is named after the client's side, the other after the mediation.
    private static func logsCalls(_ components: [CorrelationComponent]) -> Bool {
        components.contains { $0.isEnabled && ($0.name == .http || $0.name == .synapse) }
    }

    private static func auditForm(_ components: [CorrelationComponent]) -> JSONValue {
        .array(components.filter(\.isEnabled).map { JSONValue($0.name.rawValue) })
    }
}
