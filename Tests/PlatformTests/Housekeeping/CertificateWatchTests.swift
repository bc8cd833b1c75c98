import ContractRouter
import Foundation
import GatewayTransport
import Logging
import Model
import Settings
import Synchronization
import Testing
import Tokens

@testable import Platform

@Suite("The watch over certificates")
struct CertificateWatchTests {
    private func withFiles(_ body: (CertificateFiles, String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(CertificateFiles(settings: Settings(), dataPath: path), path + "/certificates")
    }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func newPair() throws -> ServerCertificate {
        try ServerCertificate.selfSigned(hostName: "localhost", nowMilliseconds: TimeSource.system.milliseconds)
    }

    @Test("brings a new pair to the listeners once, and keeps the old one while key and certificate do not fit")
    func replaces() async throws {
        try await withFiles { files, folder in
            let first = try files.load(time: .system)
            let source = try CertificateSource(first)
            let used = Mutex<[CertificateFiles.Texts]>([])
            let watch = CertificateWatch(files, current: first, logger: Logger(label: "test")) { texts in
                try source.replace(chainPEM: texts.chainPEM, keyPEM: texts.keyPEM)
                used.withLock { $0.append(texts) }
            }
            try await watch.check()
            #expect(used.withLock { $0 } == [])

            let next = try newPair()
            try write(next.certificatePEM, folder + "/tls.pem")
            await #expect(throws: (any Error).self, "the old key") { try await watch.check() }
            #expect(used.withLock { $0 } == [])
            try write(next.privateKeyPEM, folder + "/tls.key")
            try await watch.check()
            try await watch.check()
            let expected = CertificateFiles.Texts(chainPEM: next.certificatePEM, keyPEM: next.privateKeyPEM)
            #expect(used.withLock { $0 } == [expected])

            for broken in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
                try write(broken, folder + "/tls.pem")
                await #expect(throws: (any Error).self) { try await watch.check() }
            }
            try FileManager.default.removeItem(atPath: folder + "/tls.pem")
            await #expect(throws: StartProblem.self) { try await watch.check() }
            #expect(used.withLock { $0.count } == 1)
        }
    }

    @Test("warns in the last thirty days of a certificate, and says when it has ended")
    func end() async throws {
        try await withFiles { files, _ in
            let log = RecordedLog()
            let watch = CertificateWatch(files, current: try files.load(time: .system), logger: log.logger) { _ in }
            let now = TimeSource.system.milliseconds
            let day: Int64 = 86_400_000
            await watch.warnBeforeEnd(at: now)
            await watch.warnBeforeEnd(at: now + 366 * day)
            #expect(log.lines == [])
            await watch.warnBeforeEnd(at: now + 368 * day)
            await watch.warnBeforeEnd(at: now + 398 * day)
            #expect(
                log.lines == [
                    "warning: The certificate of the HTTPS ports ends soon.",
                    "error: The certificate of the HTTPS ports has ended; clients refuse it.",
                ])
        }
    }

    @Test("a key that does not fit stops the start with a sentence")
    func wrongKey() async throws {
        try await withFiles { files, folder in
            _ = try files.load(time: .system)
            try write(newPair().privateKeyPEM, folder + "/tls.key")
            #expect(throws: StartProblem.self) { try CertificateSource(try files.load(time: .system)) }
        }
    }
}
