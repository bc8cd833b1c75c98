import Model
import Synchronization
import Testing

@testable import GatewayCore

@Suite("Tracing of calls")
struct TracingTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private final class Calls: Sendable {
        let all = Mutex<[TracedCall]>([])
    }

    /// A connection of a gateway that traces into memory.
    private struct Scene {
        let calls = Calls()
        let connection: ScriptedConnection

        init(ratio: Double = 1, followsCallers: Bool = true) {
            let calls = calls
            var observers = GatewayObservers()
            observers.tracing = TraceSettings(ratio: ratio, followsCallers: followsCallers) { call in
                calls.all.withLock { $0.append(call) }
            }
            var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil))
            builder.apply([.put(.api(GatewayFixture.api()))])
            connection = ScriptedConnection(pipeline: RequestPipeline(snapshot: builder.build(), observers: observers))
        }

        func call(_ fields: String...) {
            connection.client(
                "GET /pizza/1.0.0/open/a?secret=1 HTTP/1.1\r\nHost: shop:8280\r\nactivityid: id-1\r\n"
                    + fields.map { $0 + "\r\n" }.joined() + "\r\n")
            connection.milliseconds += 5
            connection.ready()
            connection.milliseconds += 20
            connection.upstream("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        }

        /// What the upstream was told, without the name.
        var handedOn: [String] {
            connection.toUpstream.split(separator: "\r\n").filter { $0.hasPrefix("trace") }.map(String.init)
        }
    }

    @Test("a caller's trace goes on: same trace, the client span as parent of what follows, one field only")
    func continued() throws {
        let scene = Scene()
        scene.call("traceparent: \(Self.parent)", "tracestate: a=1")
        let call = try #require(scene.calls.all.withLock { $0.first })
        #expect(call.traceHigh == 0x0af7_6519_16cd_43dd && call.traceLow == 0x8448_eb21_1c80_319c)
        #expect(call.parent == 0xb7ad_6b71_6920_3331 && call.span != call.upstreamSpan && call.span != 0)
        let digits = String(call.upstreamSpan, radix: 16)
        let span = String(repeating: "0", count: 16 - digits.count) + digits
        #expect(
            Set(scene.handedOn) == [
                "tracestate: a=1", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-\(span)-01",
            ])
    }

    @Test("a call is told with its times, its route and its outcome, and without its query")
    func told() throws {
        let scene = Scene()
        scene.call("User-Agent: curl/8")
        let call = try #require(scene.calls.all.withLock { $0.first })
        #expect(call.method == "GET" && call.path == "/pizza/1.0.0/open/a" && call.route == "/pizza/1.0.0/open/*")
        #expect(call.status == 201 && call.upstreamStatus == 201 && call.errorCode == 0 && call.userAgent == "curl/8")
        #expect(call.apiName == "Pizza" && call.apiVersion == "1.0.0" && call.tenantDomain == "carbon.super")
        #expect(
            call.requestID == "id-1" && call.host == "shop:8280" && call.upstreamHost == "backend" && call.upstreamPort == 9000)
        #expect(call.end - call.start == 25_000_000 && call.upstreamEnd - call.upstreamStart == 20_000_000)
        #expect(call.upstreamStart - call.start == 5_000_000 && call.parent == 0)
        #expect(call.end == UInt64(scene.connection.now.epochMilliseconds) * 1_000_000)
    }

    @Test("a refused call has no span of an upstream")
    func refused() throws {
        let scene = Scene()
        scene.connection.client("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: x\r\n\r\n")
        let call = try #require(scene.calls.all.withLock { $0.first })
        #expect(call.status == 401 && call.errorType == "AUTHENTICATION_FAILURE" && call.upstreamStart == 0)
    }

    @Test(
        "who decides: the caller, if it may, else the ratio",
        arguments: [
            (1, true, "00", 0), (0, true, "01", 1), (1, false, "00", 1), (0, false, "01", 0), (0, true, "", 0),
            (1, true, "", 1),
        ] as [(Double, Bool, String, Int)])
    func sampling(ratio: Double, followsCallers: Bool, flags: String, count: Int) {
        let scene = Scene(ratio: ratio, followsCallers: followsCallers)
        if flags.isEmpty { scene.call() } else { scene.call("traceparent: \(Self.parent.dropLast(2))\(flags)") }
        #expect(scene.calls.all.withLock { $0.count } == count)
        // The upstream is told in any case.
        #expect(scene.handedOn.count == 1 && scene.handedOn[0].hasSuffix(count == 1 ? "-01" : "-00"))
    }

    @Test("about the part of the ratio is traced")
    func ratio() {
        let scene = Scene(ratio: 0.25)
        for _ in 0..<400 { scene.call() }
        #expect((50..<150).contains(scene.calls.all.withLock { $0.count }))
    }

    @Test(
        "what is no trace context counts as none, and its state goes with it",
        arguments: [
            "", "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
        ])
    func malformed(text: String) throws {
        let scene = Scene()
        scene.call("traceparent: \(text)", "tracestate: a=1")
        let call = try #require(scene.calls.all.withLock { $0.first })
        #expect(call.parent == 0 && call.traceHigh != 0x0af7_6519_16cd_43dd)
        #expect(scene.handedOn.count == 1 && scene.handedOn[0].hasPrefix("traceparent: 00-"))
    }

    @Test("a later version is read as far as it is known")
    func laterVersion() throws {
        let scene = Scene()
        scene.call("traceparent: 01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")
        #expect(scene.calls.all.withLock { $0.first?.parent } == 0xb7ad_6b71_6920_3331)
    }

    @Test("a gateway that does not trace hands on what it got")
    func off() {
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil))
        builder.apply([.put(.api(GatewayFixture.api()))])
        let connection = ScriptedConnection(pipeline: RequestPipeline(snapshot: builder.build()))
        connection.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\ntraceparent: \(Self.parent)\r\n\r\n")
        connection.ready()
        #expect(connection.toUpstream.contains("traceparent: \(Self.parent)\r\n"))
    }
}
