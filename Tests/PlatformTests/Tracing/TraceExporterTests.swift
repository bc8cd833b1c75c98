import Foundation
import Logging
import Synchronization
import Telemetry
import Testing

@testable import GatewayCore
@testable import Platform

@Suite("Sending of spans")
struct TraceExporterTests {
    /// Answers as it is told and remembers how many batches came.
    private final class System: Sendable {
        let outcomes: Mutex<[TraceExporter.Outcome]>
        let batches = Mutex(0)

        init(_ outcomes: TraceExporter.Outcome...) { self.outcomes = Mutex(outcomes) }

        func take() -> TraceExporter.Outcome {
            batches.withLock { $0 += 1 }
            return outcomes.withLock { $0.isEmpty ? .sent : $0.removeFirst() }
        }
    }

    private func exporter(_ queue: SpanQueue, _ system: System) -> TraceExporter {
        TraceExporter(queue: queue, resource: [], logger: Logger(label: "test")) { _ in system.take() }
    }

    private static func spans(_ count: Int) -> [TraceSpan] {
        (0..<count).map {
            TraceSpan(
                traceHigh: 1, traceLow: 1, id: UInt64($0) + 1, parent: 0, name: "x", kind: .server, start: 1, end: 2)
        }
    }

    @Test("all that waits is sent, in batches")
    func batches() async {
        let queue = SpanQueue(capacity: 10_000)
        let system = System()
        queue.add(Self.spans(1100))
        #expect(await exporter(queue, system).sendAll())
        #expect(system.batches.withLock { $0 } == 3 && queue.sent == 1100 && queue.count == 0 && queue.dropped == 0)
    }

    @Test("what can be taken later is kept, what is refused is dropped and counted")
    func failures() async {
        let queue = SpanQueue(capacity: 10_000)
        let system = System(.later(reason: "busy"), .refused(reason: "no"))
        let exporter = exporter(queue, system)
        queue.add(Self.spans(600))
        #expect(await !exporter.sendAll())
        #expect(queue.count == 600 && queue.sent == 0)
        #expect(await exporter.sendAll())
        #expect(queue.count == 0 && queue.dropped == 512 && queue.sent == 88)
    }

    @Test(
        "an address without a path means that of OTLP",
        arguments: [
            ("http://a:4318", "http://a:4318/v1/traces"), ("http://a:4318/", "http://a:4318/v1/traces"),
            ("https://a/otlp/v1/traces", "https://a/otlp/v1/traces"), ("nonsense", "nonsense"),
        ])
    func address(text: String, expected: String) { #expect(TraceExporter.address(text) == expected) }

    private func call(_ change: (inout TracedCall) -> Void) -> [TraceSpan] {
        var call = TracedCall(
            traceHigh: 1, traceLow: 2, parent: 3, span: 4, upstreamSpan: 5, start: 10, end: 40, upstreamStart: 20,
            upstreamEnd: 30, method: "GET", path: "/p/x", route: "/p/{id}", isTLS: true, host: "[::1]:8243", minorVersion: 1,
            userAgent: "", clientAddress: "192.0.2.1", requestID: "r", status: 200, errorCode: 0, errorType: "",
            apiName: "P", apiVersion: "1", tenantDomain: "carbon.super", applicationID: nil, consumerKey: nil,
            upstreamURL: "http://b:9/", upstreamHost: "b", upstreamPort: 9, upstreamStatus: 200, attempts: 1)
        change(&call)
        return call.spans
    }

    private func text(_ span: TraceSpan, _ name: String) -> String? {
        guard case .text(let text)? = span.attributes.first(where: { $0.name == name })?.value else { return nil }
        return text
    }

    @Test("a call is a server span with a client span below it")
    func spans() {
        let spans = call { _ in }
        #expect(spans.map(\.kind) == [.server, .client] && spans.map(\.name) == ["GET /p/{id}", "GET"])
        #expect(spans[0].parent == 3 && spans[0].id == 4 && spans[1].parent == 4 && spans[1].id == 5)
        #expect(spans[0].start == 10 && spans[0].end == 40 && spans[1].start == 20 && spans[1].end == 30)
        #expect(text(spans[0], "server.address") == "[::1]" && text(spans[0], "url.scheme") == "https")
        #expect(text(spans[0], "http.route") == "/p/{id}" && text(spans[0], "user_agent.original") == nil)
        #expect(!spans[0].isError && !spans[1].isError)
        #expect(call { $0.upstreamStart = 0 }.map(\.kind) == [.server])
    }

    @Test("refusals are no errors of the server, failures are")
    func errors() {
        let refused = call {
            $0.status = 403
            $0.errorCode = 900_908
            $0.errorType = "SUBSCRIPTION_VALIDATION_FAILURE"
            $0.upstreamStart = 0
        }
        #expect(!refused[0].isError && text(refused[0], "error.type") == nil)
        let failed = call {
            $0.status = 500
            $0.errorCode = 101_504
            $0.errorType = "CONNECTION_TIMEOUT"
            $0.upstreamStatus = -1
        }
        #expect(failed.allSatisfy(\.isError) && failed.allSatisfy { text($0, "error.type") == "CONNECTION_TIMEOUT" })
        let missing = call {
            $0.status = 404; $0.upstreamStatus = 404
        }
        #expect(!missing[0].isError && missing[1].isError && text(missing[1], "error.type") == "404")
        let strange = call { $0.method = "PURGE" }
        #expect(strange[1].name == "_OTHER" && text(strange[0], "http.request.method_original") == "PURGE")
    }
}
