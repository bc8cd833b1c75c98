import Model

/// Logs the calls of one event loop that administrators want to see. Only asked while there are such.
final class CallObservation {
    private let observers: GatewayObservers
    private let apiLogWriter = APILogWriter()
    private let correlationLogWriter = CorrelationLogWriter()

    init(_ observers: GatewayObservers) { self.observers = observers }

    /// The call has passed the stages of requests, or was stopped in one.
    func begin(_ exchange: Exchange) {
        guard observers.apiLog != nil, let snapshot = exchange.snapshot, let api = snapshot.apis[exchange.api] else { return }
        let level = snapshot.logging.level(of: api, operation: exchange.operation)
        if level > .off { exchange.record = CallRecord(level: level, limit: observers.loggedBodyBytes) }
    }

    /// The call has ended.
    func end(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        guard let snapshot = exchange.snapshot else { return }
        if let record = exchange.record, let sink = observers.apiLog, let api = snapshot.apis[exchange.api] {
            sink(apiLogWriter.lines(record, exchange, api, head, now: nowMilliseconds))
        }
        if snapshot.logging.correlates, let sink = observers.correlationLog {
            sink(correlationLogWriter.line(exchange, head, now: nowMilliseconds))
        }
    }
}
