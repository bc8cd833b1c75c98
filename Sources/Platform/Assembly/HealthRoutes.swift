import ContractRouter
import Documents
import SharedCounters
import Storage

/// Liveness and health; readiness belongs to the gateway's contract.
///
/// Liveness says that the process answers. Health also looks at what it stands on, and is 503 when something is missing.
struct HealthRoutes: Sendable {
    let store: any SQLStore
    let feed: LocalFeed
    let readiness: Readiness
    /// `nil` where no gateway runs.
    let logs: GatewayLogs?
    /// How counts are shared with other gateways; `nil` when they are not meant to be.
    let sharedCounters: SharedCounterStatus?

    func register(in table: inout HandlerTable) {
        table.route("GET", "/services/Version") { _ in .bytes(Array("Martlet".utf8), contentType: "text/plain") }
        table.route("GET", "/health") { _ in await health() }
    }

    private func health() async -> APIResponse {
        let database = (try? await store.read { try $0.query("SELECT 1 AS one").count == 1 }) ?? false
        let isHealthy = database && readiness.isReady
        var body: JSONValue = ["status": isHealthy ? "UP" : "DOWN", "database": database ? "UP" : "DOWN"]
        if await feed.isAttached || readiness.state == .starting {
            body["gateway"] = [
                "status": JSONValue(readiness.state.shown.text), "sequence": JSONValue(await feed.appliedSequence),
            ]
        }
        // A full disk loses log lines, never calls: told here, but no reason to be down.
        if let logs { body["logs"] = ["lostBytes": JSONValue(logs.lostBytes)] }
        body["sharedCounters"] = sharedCounters?.report.json
        return APIResponse(status: isHealthy ? 200 : 503, body: .json(body))
    }
}
