import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Platform

@Suite("A periodic service")
struct PeriodicServiceTests {
    private struct Trouble: Error {}

    /// Runs the service until `body` is done, then shuts it down as the end of the platform does.
    private func running(_ service: PeriodicService, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("works once an interval, and ends with the platform")
    func works() async throws {
        let clock = TestClock()
        let turns = Atomic(0)
        let service = PeriodicService(name: "The work", interval: .seconds(10), clock: clock, logger: Logger(label: "test")) {
            turns.add(1, ordering: .relaxed)
        }
        try await running(service) {
            await clock.advance(by: .seconds(9))
            #expect(turns.load(ordering: .relaxed) == 0)
            for turn in 1...3 {
                await clock.advance(by: .seconds(10))
                while turns.load(ordering: .relaxed) < turn { await Task.yield() }
            }
        }
        #expect(turns.load(ordering: .relaxed) == 3)
    }

    @Test("goes on after failures, and logs a run of equal ones once")
    func failures() async throws {
        let clock = TestClock()
        let log = RecordedLog()
        let turns = Atomic(0)
        let service = PeriodicService(name: "The work", interval: .seconds(1), clock: clock, logger: log.logger) {
            let turn = turns.add(1, ordering: .relaxed).newValue
            if turn <= 3 || turn == 5 { throw Trouble() }
        }
        try await running(service) {
            for turn in 1...5 {
                await clock.advance(by: .seconds(1))
                while turns.load(ordering: .relaxed) < turn { await Task.yield() }
            }
        }
        let failed = "warning: The work failed and will be tried again."
        #expect(log.lines == [failed, "notice: The work works again.", failed])
    }
}
