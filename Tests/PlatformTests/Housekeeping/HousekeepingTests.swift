import Counters
import Foundation
import Logging
import Model
import ServiceLifecycle
import Settings
import Storage
import Synchronization
import Testing

@testable import GatewayCore
@testable import Platform

@Suite("Housekeeping")
struct HousekeepingTests {
    private func withInstallation(_ body: (ControlPlaneParts, String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let parts = try await ControlPlaneParts.open(
            try DataDirectory(path: path), settings: Settings(), offset: 0, logger: Logger(label: "test"))
        try await body(parts, path)
        try await parts.state.store.close()
    }

    /// Runs services with a clock that `body` moves.
    private func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func publish(_ revocation: GatewayRevocation, _ parts: ControlPlaneParts) async throws {
        let changes = ChangeStore(store: parts.state.store, delivery: parts.gateways.local)
        let context = ChangeContext(
            actor: "test", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: 0)
        try await changes.change(context) { $0.publish(.put(.revocation(revocation))) }
    }

    private func count(_ table: String, _ parts: ControlPlaneParts) async throws -> Int {
        try await parts.state.store.read { try $0.first("SELECT count(*) AS n FROM \(table)")?.int("n") ?? 0 }
    }

    @Test("expired tokens go within the hour, and the log of changes stays short")
    func controlPlane() async throws {
        try await withInstallation { parts, _ in
            try await parts.state.store.write { transaction in
                for (id, expires) in [("over", 1_000), ("valid", Int.max)] {
                    try transaction.execute(
                        """
                        INSERT INTO oauth_token (token_id, tenant_id, consumer_key, user_id, user_tenant_id, authorized_user,
                            of_user, grant_type, scopes, issued_at, expires_at, active, refresh_active)
                        VALUES (?, -1234, 'key', 'user', -1234, 'kim', 1, 'password', '', 0, ?, 1, 0)
                        """, [SQLValue(id), SQLValue(expires)])
                }
            }
            for number in 0..<30 {
                try await publish(.init(tenant: -1234, tokenID: "t\(number)", expiresMilliseconds: .max), parts)
            }
            let clock = TestClock()
            let housekeeping = Housekeeping(clock: clock, logger: Logger(label: "test"))
            try await running(housekeeping.controlPlane(parts, keptChanges: 10)) {
                await clock.advance(by: .seconds(9), sleepers: 2)
                #expect(try await count("gateway_change", parts) > 10)
                await clock.advance(by: .seconds(1), sleepers: 2)
                while try await count("gateway_change", parts) != 10 { await Task.yield() }
                #expect(try await count("oauth_token", parts) == 2)
                await clock.advance(by: .seconds(3590), sleepers: 2)
                while try await count("oauth_token", parts) != 1 { await Task.yield() }
                let left = try await parts.state.store.read { try $0.first("SELECT token_id FROM oauth_token") }
                #expect(try left?.text("token_id") == "valid")
            }
        }
    }

    @Test("revocations are forgotten when no clock can take their token for valid any more")
    func revocations() async throws {
        try await withInstallation { parts, _ in
            let now: Int64 = 1_700_000_000_000
            try await publish(.init(tenant: -1234, tokenID: "long over", expiresMilliseconds: now - 3_600_001), parts)
            try await publish(.init(tenant: -1234, tokenID: "just over", expiresMilliseconds: now - 1_000), parts)
            let first = try await parts.gateways.local.load()
            #expect(first.credentials.isRevoked(tokenID: "long over"))
            let installed = Mutex<Snapshot?>(nil)
            try await parts.gateways.local.attach { snapshot in installed.withLock { $0 = snapshot } }
            await parts.gateways.local.forgetRevocations(now)
            try await publish(.init(tenant: -1234, tokenID: "new", expiresMilliseconds: .max), parts)
            let credentials = try #require(installed.withLock { $0?.credentials })
            #expect(!credentials.isRevoked(tokenID: "long over"))
            #expect(credentials.isRevoked(tokenID: "just over"))
            #expect(credentials.isRevoked(tokenID: "new"))
        }
    }

    @Test("quotas of long windows are on the disk a second after they were counted")
    func quotas() async throws {
        try await withInstallation { parts, path in
            let (clock, counters) = (TestClock(), QuotaCounters())
            let logs = try GatewayLogs(directory: path + "/logs", settings: Settings())
            let checkpoints = QuotaCheckpoints(counters, path: path + "/quotas")
            let now: Int64 = 1_700_000_000_000
            let limit = QuotaLimit(amount: 1, windowMilliseconds: 3_600_000)
            let services = Housekeeping(clock: clock, logger: Logger(label: "test"))
                .gateway(quotas: checkpoints, logs: logs, forgetRevocations: { _ in })
            try await running(services) {
                #expect(QuotaAdmission(counters: counters).admit(QuotaBucket(key: "k"), limit, nowMilliseconds: now))
                await clock.advance(by: .seconds(1), sleepers: 3)
                while !FileManager.default.fileExists(atPath: path + "/quotas") { await Task.yield() }
            }
            let restarted = QuotaCounters()
            await QuotaCheckpoints(restarted, path: path + "/quotas").restore(
                nowMilliseconds: now, logger: Logger(label: "test"))
            #expect(!QuotaAdmission(counters: restarted).admit(QuotaBucket(key: "k"), limit, nowMilliseconds: now))
            #expect(
                QuotaAdmission(counters: restarted).admit(QuotaBucket(key: "k"), limit, nowMilliseconds: now + 3_600_000))
        }
    }

    @Test("lost log lines are told once, with their number of bytes")
    func lostLines() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "logs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let logs = try GatewayLogs(directory: directory, settings: Settings())
        try FileManager.default.createSymbolicLink(atPath: directory + "/access.log", withDestinationPath: "/dev/full")
        let log = RecordedLog()
        let lost = LostLines(logs: logs, logger: log.logger)
        lost.report()
        #expect(log.lines == [])
        logs.access.write(Array("line\n".utf8))
        await logs.access.flush()
        #expect(logs.lostBytes == 5)
        lost.report()
        lost.report()
        #expect(log.lines.count == 1)
    }
}
