import ContractRouter
import Documents
import FoundationEssentials
import InspectionAPI
import RemoteFeed

/// Liveness, readiness and health of a gateway that runs apart.
///
/// It is ready when it serves, also from its disk. Without its control plane it is not healthy but goes on: health says so with status 200, so
/// that nobody takes it out of service for it.
struct GatewayHealthRoutes: Sendable {
    let status: FeedStatus
    let gateway: GatewayRuntime
    let readiness: Readiness
    let controlPlane: String

    func register(in table: inout HandlerTable) {
        ReadinessHandlers { await state() }.register(in: &table)
        table.route("GET", "/services/Version") { _ in .bytes(Array("Martlet".utf8), contentType: "text/plain") }
        table.route("GET", "/health") { _ in await health() }
        table.route("GET", "/") { _ in
            .bytes(Array("This is a Martlet gateway. Its state is at /health.\n".utf8), contentType: "text/plain")
        }
    }

    private func state() async -> ReadinessHandlers.State {
        if readiness.state == .stopping { return .stopping }
        return await gateway.server.isServing ? .ready : .starting
    }

    private func health() async -> APIResponse {
        let isServing = await self.state() == .ready
        let state = status.current
        let isWhole = state.isConnected && state.source == .controlPlane && state.diskProblem == nil && state.failures == 0
        var feed: JSONValue = ["status": state.isConnected ? "UP" : "DOWN", "address": JSONValue(controlPlane)]
        if let problem = state.problem { feed["problem"] = JSONValue(problem) }
        if let heard = state.heardMilliseconds { feed["lastContact"] = Self.time(heard) }
        var served: JSONValue = [
            "status": JSONValue(await self.state().text), "sequence": JSONValue(state.sequence),
            "source": JSONValue(state.source.rawValue), "failures": JSONValue(state.failures),
        ]
        if let problem = state.diskProblem { served["diskProblem"] = JSONValue(problem) }
        var body: JSONValue = [
            "status": isServing ? (isWhole ? "UP" : "DEGRADED") : "DOWN", "gateway": served, "controlPlane": feed,
            "logs": ["lostBytes": JSONValue(gateway.logs.lostBytes)],
        ]
        body["sharedCounters"] = gateway.quotas.synchronizer?.status.report.json
        return APIResponse(status: isServing ? 200 : 503, body: .json(body))
    }

    private static func time(_ milliseconds: Int64) -> JSONValue {
        JSONValue(
            Date(timeIntervalSince1970: Double(milliseconds) / 1000)
                .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
