import Foundation
import GatewayCore
import Logging
import Model
import Testing

@testable import RemoteFeed

@Suite("A gateway follows its control plane", .timeLimit(.minutes(10)))
struct FeedFollowerTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
    private let key: SealingKey
    private let controlPlane = ScriptedControlPlane()
    private let installed = Installations()

    init() throws {
        key = try SealingKey(base64: Data(RandomSource.system.bytes(32)).base64EncodedString(), source: "test")
    }

    private func follower() throws -> FeedFollower {
        let settings = FeedSettings(
            controlPlane: "https://control.example", token: "t", gatewayID: "g", environments: ["Default"], version: "1",
            folder: folder)
        return try FeedFollower(
            settings: settings, controlPlane: controlPlane, key: key, defaults: SnapshotDefaults(),
            logger: Logger(label: "test"), used: { counters in counters.map(\.amount) },
            install: { _ in await installed.note() })
    }

    /// Runs a follower until `body` is done.
    private func following(_ body: (FeedFollower) async throws -> Void) async throws {
        let follower = try follower()
        _ = try await follower.resume()
        let run = Task { try await follower.run() }
        try await body(follower)
        run.cancel()
        _ = await run.result
    }

    private static func opened(complete: Bool) -> String {
        #"{"feed":1,"session":"s","complete":\#(complete),"heartbeatSeconds":30}"#
    }

    private static func revocation(_ id: String) -> String {
        #"{"put":"revocation","key":"\#(id)","value":{"tenant":-1234,"tokenID":"\#(id)","expiresMilliseconds":9}}"#
    }

    private static func position(_ sequence: Int) -> String { #"{"sequence":\#(sequence),"mark":"m\#(sequence)"}"# }

    @Test("everything is taken over, then changes, each acknowledged once it is installed")
    func follows() async throws {
        try await following { follower in
            await controlPlane.send(Self.opened(complete: true), Self.revocation("a"), Self.position(3))
            #expect(await controlPlane.acknowledged(3))
            #expect(await installed.count == 1)
            await controlPlane.send(Self.revocation("b"), Self.position(4))
            #expect(await controlPlane.acknowledged(4))
            #expect(await installed.count == 2)
            let state = follower.status.current
            #expect((state.source, state.sequence, state.isConnected) == (.controlPlane, 4, true))
        }
        #expect(await controlPlane.positions == [nil])
    }

    @Test("a question about counters is answered, and the feed goes on")
    func answers() async throws {
        try await following { _ in
            await controlPlane.send(
                Self.opened(complete: true), Self.position(3),
                #"{"ask":5,"counters":[{"key":"a","amount":10,"windowMilliseconds":1},{"key":"b","amount":2,"windowMilliseconds":1}]}"#,
                #"{"ask":6,"of":"something that this program does not know"}"#, Self.position(4))
            #expect(await controlPlane.acknowledged(4))
            await controlPlane.reported(#""answer":{"ask":5,"value":[10,2]}"#)
            #expect(await !controlPlane.reports.contains { $0.contains(#""ask":6"#) })
        }
    }

    @Test("a connection that breaks is taken up where it was, also by the next process")
    func resumes() async throws {
        try await following { _ in
            await controlPlane.send(Self.opened(complete: true), Self.revocation("a"), Self.position(3))
            #expect(await controlPlane.acknowledged(3))
            // A step that is not whole is not taken.
            await controlPlane.send(Self.revocation("half"))
            await controlPlane.hangUp()
            await controlPlane.send(Self.opened(complete: false), Self.revocation("b"), Self.position(4))
            #expect(await controlPlane.acknowledged(4))
        }
        let follower = try follower()
        #expect(try await follower.resume())
        #expect(follower.status.current.source == .disk)
        #expect(follower.status.current.sequence == 4)
        #expect(await controlPlane.positions == [nil, FeedPosition(sequence: 3, mark: "m3")])
    }

    @Test("when the control plane no longer knows the changes, everything is asked for")
    func gone() async throws {
        try await following { _ in
            await controlPlane.send(Self.opened(complete: true), Self.position(3))
            #expect(await controlPlane.acknowledged(3))
            await controlPlane.hangUp(refusing: FeedRefusal(status: 410, reason: "gone"))
            await controlPlane.send(Self.opened(complete: true), Self.position(9))
            #expect(await controlPlane.acknowledged(9))
        }
        #expect(await controlPlane.positions == [nil, FeedPosition(sequence: 3, mark: "m3"), nil])
    }

    @Test("what this version cannot read is reported, and the rest is taken")
    func unreadable() async throws {
        try await following { follower in
            await controlPlane.send(
                Self.opened(complete: true), #"{"put":"teapot","key":"t","value":{"lid":true}}"#,
                #"{"put":"api","key":"a/Default","value":{"id":7}}"#, Self.revocation("a"), Self.position(3))
            #expect(await controlPlane.acknowledged(3))
            #expect(follower.status.current.failures == 2)
            let report = try #require(await controlPlane.reports.last)
            #expect(report.contains("teapot") && report.contains("a/Default"))
            await controlPlane.send(#"{"remove":"api","key":"a/Default"}"#, Self.position(4))
            #expect(await controlPlane.acknowledged(4))
            #expect(follower.status.current.failures == 1)
        }
    }

    @Test("lines may arrive in any pieces")
    func pieces() async throws {
        try await following { _ in
            let text = [Self.opened(complete: true), Self.revocation("ä"), Self.position(3)].joined(separator: "\n") + "\n"
            for byte in text.utf8 { await controlPlane.send(bytes: [byte]) }
            #expect(await controlPlane.acknowledged(3))
        }
    }

    @Test("a stream that is no feed is an error, and the next attempt is made")
    func nonsense() async throws {
        try await following { follower in
            await controlPlane.send("<html>", "x")
            await controlPlane.waitForAttempt(2)
            #expect(!follower.status.current.isConnected)
            #expect(follower.status.current.problem != nil)
        }
    }

    @Test("the control plane is told once of a token that was used up")
    func spentToken() async throws {
        try await following { follower in
            await controlPlane.send(Self.opened(complete: true), Self.position(3))
            #expect(await controlPlane.acknowledged(3))
            await follower.noteSpent(
                SpentToken(id: "jti", tenant: 7, tenantDomain: "example.com", expiresMilliseconds: 9))
            let member = #""spentTokens":[{"key":"jti","tenantDomain":"example.com","expires":9}]"#
            while await !controlPlane.reports.contains(where: { $0.contains(member) }) {
                try await Task.sleep(for: .milliseconds(2))
            }
            await controlPlane.send(Self.position(4))
            #expect(await controlPlane.acknowledged(4))
            #expect(await controlPlane.reports.filter { $0.contains("spentTokens") }.count == 1)
        }
    }

    @Test("a gateway that cannot start ends the follower")
    func failedInstallation() async throws {
        struct NoPort: Error {}
        let settings = FeedSettings(
            controlPlane: "https://control.example", token: "t", gatewayID: "g", environments: [], version: "1", folder: folder)
        let follower = try FeedFollower(
            settings: settings, controlPlane: controlPlane, key: key, defaults: SnapshotDefaults(),
            logger: Logger(label: "test"), install: { _ in throw NoPort() })
        await controlPlane.send(Self.opened(complete: true), Self.position(1))
        await #expect(throws: NoPort.self) { try await follower.run() }
    }

    @Test("attempts come slower and slower, but never all at the same time")
    func backOff() {
        var backOff = BackOff(first: 100, longest: 1000, random: .system)
        for step in [100, 200, 400, 800, 1000, 1000] {
            let delay = backOff.delay()
            #expect(delay >= .milliseconds(step / 2) && delay <= .milliseconds(step))
        }
        backOff.reset()
        #expect(backOff.delay() <= .milliseconds(100))
    }
}

private actor Installations {
    private(set) var count = 0

    func note() { count += 1 }
}
