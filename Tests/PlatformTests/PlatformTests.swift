import ContractRouter
import Foundation
import Logging
import Model
import Settings
import Storage
import Testing

@testable import Platform

@Suite struct PlatformTests {
    /// An installation in a directory of its own, without servers.
    private func withInstallation<Result>(_ body: (ControlPlaneParts) async throws -> Result) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try DataDirectory(path: path)
        let parts = try await ControlPlaneParts.open(directory, settings: Settings(), offset: 0, logger: Logger(label: "test"))
        let result = try await body(parts)
        try await parts.state.store.close()
        return result
    }

    @Test("every handler has an operation in its contract, and docs/contract-coverage.md counts them")
    func coverage() async throws {
        try await withInstallation { parts in
            _ = try ContractEngine(
                handlers: parts.controlPlane.handlers, verifier: parts.controlPlane.verifier, logger: Logger(label: "test"))
            let page = CoverageReport(handlers: parts.controlPlane.handlers).markdown
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let file = root.appending(path: "docs/contract-coverage.md")
            if ProcessInfo.processInfo.environment["MARTLET_WRITE_PAGES"] != nil {
                try page.write(to: file, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == page)
        }
    }

    @Test("changes that come at once are all applied, and each is waited for")
    func concurrentChanges() async throws {
        try await withInstallation { parts in
            _ = try await parts.gateways.local.load()
            let installed = Counter()
            try await parts.gateways.local.attach { _ in await installed.increment() }
            let changes = ChangeStore(store: parts.state.store, delivery: parts.gateways.local)
            let before = await parts.gateways.local.appliedSequence
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let context = ChangeContext(
                            actor: "test", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: 0)
                        try await changes.change(context) { change in
                            change.publish(
                                .put(
                                    .revocation(
                                        GatewayRevocation(
                                            tenant: Tenant.superTenant.id, tokenID: "token \(number)",
                                            expiresMilliseconds: .max))))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await parts.gateways.local.appliedSequence == before + 50)
            #expect(await installed.count <= 51)
        }
    }

    @Test("the first configuration has a random password and is not written twice")
    func firstConfiguration() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).toml").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let first = FirstConfiguration(file: file, random: .system)
        #expect(try first.write())
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(try !first.write())
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        let settings = try Settings(text: text, file: file, environment: [:])
        #expect(settings[SettingsTable.administratorPassword].count == 24)
        #expect(settings.warnings.isEmpty)
    }

    @Test("ports beyond the last one are refused", arguments: [60_000, 57_293])
    func ports(offset: Int) {
        #expect(throws: StartProblem.self) { try PlatformAddresses(settings: Settings(), offset: offset) }
    }
}

private actor Counter {
    private(set) var count = 0
    func increment() { count += 1 }
}
