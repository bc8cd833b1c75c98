import Logging
import Model
import OutgoingHTTP
import ServiceLifecycle
import Settings
import Telemetry

/// Sends spans to a tracing system with OTLP over HTTP, in batches (`docs/tracing.md`).
///
/// A batch that the other side could take later is tried again with growing pauses, while new spans wait in the bounded queue.
actor TraceExporter: Service {
    /// What a batch came to.
    enum Outcome: Equatable {
        case sent
        /// The other side is busy or away; it may take the batch later.
        case later(reason: String)
        /// The other side will never take it.
        case refused(reason: String)
    }

    typealias Sender = @Sendable (_ body: [UInt8]) async -> Outcome

    private let queue: SpanQueue
    private let resource: [TraceSpan.Attribute]
    private let send: Sender
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var problem: String?

    static let batchSize = 512
    private static let pause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    init(
        queue: SpanQueue, resource: [TraceSpan.Attribute], clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        send: @escaping Sender
    ) {
        self.queue = queue
        self.resource = resource
        self.clock = clock
        self.logger = logger
        self.send = send
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.pause
            while (try? await self.clock.sleep(for: pause)) != nil {
                pause = await self.sendAll() ? Self.pause : min(pause * 2, Self.longestPause)
            }
        }
        // What the last requests left behind; nobody waits for a tracing system that does not answer at once.
        _ = await sendAll()
        queue.noteDropped(queue.take(.max).count)
    }

    /// Sends what waits; `false` when the other side cannot take it now.
    func sendAll() async -> Bool {
        while true {
            let batch = queue.take(Self.batchSize)
            guard !batch.isEmpty else { return true }
            let body = OTLPTraces.request(batch, resource: resource, scope: ("martlet", ProductVersion.text))
            switch await send(body) {
            case .sent:
                queue.noteSent(batch.count)
                report(nil)
            case .refused(let reason):
                queue.noteDropped(batch.count)
                report(reason)
            case .later(let reason):
                queue.giveBack(batch)
                report(reason)
                return false
            }
        }
    }

    /// Tells the log of a problem once, and of its end.
    private func report(_ problem: String?) {
        guard problem != self.problem else { return }
        self.problem = problem
        if let problem {
            logger.warning("Spans cannot be sent.", metadata: ["reason": "\(problem)"])
        } else {
            logger.notice("Spans are sent again.")
        }
    }
}

extension TraceExporter {
    /// Posts to an address of the configuration.
    static func sender(
        url: String, headers: [(name: String, value: String)], proxy: EgressProxy?, logger: Logger
    ) -> Sender {
        let fetcher = OutgoingFetcher(
            policy: .endpoint(), limits: .init(size: 64 << 10, seconds: 10, redirects: 0), proxy: proxy, logger: logger)
        let fields = [("Content-Type", "application/x-protobuf")] + headers
        return { body in
            do {
                let answer = try await fetcher.post(url, headers: fields, body: body)
                switch answer.status {
                case 200..<300: return .sent
                // OTLP 1.x, "Failures": only these may be sent again.
                case 429, 502, 503, 504: return .later(reason: "the tracing system answered \(answer.status)")
                default: return .refused(reason: "the tracing system answered \(answer.status)")
                }
            } catch {
                return .later(reason: "\(error)")
            }
        }
    }

    /// The address with the path that OTLP wants where none is given.
    static func address(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return url + "/v1/traces" }
        return rest[slash...] == "/" ? url + "v1/traces" : url
    }
}
