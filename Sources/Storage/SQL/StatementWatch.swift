import Model
import Synchronization

/// A statement that has run, well or not.
public struct RunStatement: Sendable {
    /// With places for values, without the values.
    public var sql: String
    /// How long it ran, with the fetching of its rows.
    public var milliseconds: Int64
    /// What it ran for (``CorrelationID``).
    public var correlationID: String?
}

/// Tells of the statements that a store runs, while somebody wants to know (`docs/correlation-logs.md`). Else it costs a look at a flag for
/// each transaction.
public final class StatementWatch: Sendable {
    private let isOn = Atomic<Bool>(false)
    private let receive: @Sendable (RunStatement) -> Void

    /// - Parameter receive: called on the thread of the statement, so it must not wait.
    public init(_ receive: @escaping @Sendable (RunStatement) -> Void) { self.receive = receive }

    /// Switches it for transactions that begin from now on.
    public func set(isOn: Bool) { self.isOn.store(isOn, ordering: .relaxed) }

    func watching<Result>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) -> @Sendable (any SQLConnection) throws -> Result {
        guard isOn.load(ordering: .relaxed) else { return body }
        let id = CorrelationID.current
        return { [self] in try body(WatchedConnection(base: $0, watch: self, correlationID: id)) }
    }

    func watching<Result>(
        _ body: @escaping @Sendable (any SQLTransaction) throws -> Result
    ) -> @Sendable (any SQLTransaction) throws -> Result {
        guard isOn.load(ordering: .relaxed) else { return body }
        let id = CorrelationID.current
        return { [self] in try body(WatchedTransaction(base: $0, watch: self, correlationID: id)) }
    }

    fileprivate func timed<Result>(_ sql: String, _ id: String?, _ run: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let milliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
            receive(RunStatement(sql: sql, milliseconds: milliseconds, correlationID: id))
        }
        return try run()
    }
}

private struct WatchedConnection: SQLConnection {
    let base: any SQLConnection
    let watch: StatementWatch
    let correlationID: String?

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try watch.timed(sql, correlationID) { try base.query(sql, arguments) }
    }
}

private struct WatchedTransaction: SQLTransaction {
    let base: any SQLTransaction
    let watch: StatementWatch
    let correlationID: String?

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try watch.timed(sql, correlationID) { try base.query(sql, arguments) }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try watch.timed(sql, correlationID) { try base.execute(sql, arguments) }
    }
}

/// On a database without signals it does nothing, as the connection below.
extension WatchedTransaction: OutboxSignalling {
    func signalOutbox() throws { try (base as? any OutboxSignalling)?.signalOutbox() }
}

extension WatchedConnection: RowStream {
    func stream(_ sql: String, _ body: (SQLRow) throws -> Void) throws {
        try watch.timed(sql, correlationID) { try base.forEachRow(sql, body) }
    }
}
