import ContractRouter
import ContractTesting
import Logging
import Testing

@testable import InspectionAPI

@Suite("Readiness")
struct ReadinessTests {
    @Test(
        "a node gets traffic only while it serves everything and is not told to stop",
        arguments: [(.starting, 500), (.ready, 200), (.stopping, 503)] as [(ReadinessHandlers.State, Int)])
    func states(state: ReadinessHandlers.State, status: Int) async throws {
        var table = HandlerTable()
        ReadinessHandlers { state }.register(in: &table)
        let client = TestClient(
            try ContractEngine(handlers: table, verifier: TableVerifier(), logger: Logger(label: "test")))
        #expect(await client.get("/api/am/gateway/v2/server-startup-healthcheck").status == status)
    }
}
