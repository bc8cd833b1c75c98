import Documents
import Logging
import Model

/// Tells the control plane how far the gateway is: at once after each change, and as a heartbeat from time to time. Reports that could not be
/// delivered are replaced by the next one, which says everything that they would have said.
actor FeedReporter {
    private let controlPlane: any ControlPlane
    private let gatewayID: String
    private let logger: Logger
    private var session: String?
    private var acknowledged: Int64?
    private var failures: [EntityIdentity.Text: String] = [:]
    /// Tokens used up here that the control plane has not heard of, the oldest first.
    private var spentTokens: [SpentToken] = []
    private var isDue = false
    private var running: Task<Void, Never>?

    init(controlPlane: any ControlPlane, gatewayID: String, logger: Logger) {
        self.controlPlane = controlPlane
        self.gatewayID = gatewayID
        self.logger = logger
    }

    /// A feed is open, or closed.
    func open(_ session: String?) { self.session = session }

    /// All event loops work with the changes up to `sequence`. `failures` is everything that could not be taken.
    func acknowledge(_ sequence: Int64, failures: [EntityIdentity.Text: String]) {
        acknowledged = sequence
        self.failures = failures
        send()
    }

    /// A one-time token was used; the control plane is told until it has heard. While it is away, the gateway remembers by itself.
    func noteSpent(_ token: SpentToken) {
        spentTokens.append(token)
        if spentTokens.count > Self.rememberedTokens { spentTokens.removeFirst() }
        send()
    }

    /// Tokens that wait to be told of; if there are more, the control plane has been away for so long that the oldest run out.
    private static let rememberedTokens = 10_000

    /// A sign of life.
    func beat() { send() }

    /// Answers a question of the control plane. One that cannot be delivered is lost: who has asked waits only for a moment.
    func answer(_ question: Int, _ value: JSONValue) async {
        guard let session else { return }
        typealias Member = FeedProtocol.Member
        let report: JSONValue = [
            FeedProtocol.Parameter.gateway: JSONValue(gatewayID), Member.session: JSONValue(session),
            Member.answer: [Member.ask: JSONValue(question), Member.value: value],
        ]
        do {
            try await controlPlane.deliver(report.serialized())
        } catch {
            logger.debug("An answer was not delivered.", metadata: ["error": "\(error)"])
        }
    }

    /// Hands on records of refused and traced requests, JSON objects. Returns `false` when they should be tried again.
    func hand(_ records: ArraySlice<[UInt8]>) async -> Bool {
        guard let session else { return false }
        let head: JSONValue = [
            FeedProtocol.Parameter.gateway: JSONValue(gatewayID), FeedProtocol.Member.session: JSONValue(session),
        ]
        let list = Array("{\"\(FeedProtocol.Member.decisions)\":[".utf8) + records.joined(separator: [UInt8(ascii: ",")])
        // What gateway and session say follows the list.
        let report = list + Array("],".utf8) + head.serialized().dropFirst()
        do {
            try await controlPlane.deliver(report)
            return true
        } catch let refusal as FeedRefusal {
            logger.debug("Records were refused.", metadata: ["error": "\(refusal)"])
            // Another session, or another try, makes no difference to what is malformed or too large.
            return refusal.status != 404 && (400..<500).contains(refusal.status)
        } catch {
            return false
        }
    }

    /// Whether there is somebody to report to.
    var isOpen: Bool { session != nil }

    private func send() {
        isDue = true
        guard running == nil else { return }
        running = Task {
            while isDue, let report = nextReport() {
                let told = spentTokens.prefix(FeedProtocol.spentTokenLimit)
                do {
                    try await controlPlane.deliver(report)
                    spentTokens.removeAll(where: told.contains)
                    isDue = isDue || !spentTokens.isEmpty
                } catch {
                    logger.debug("A report was not delivered.", metadata: ["error": "\(error)"])
                    break
                }
            }
            running = nil
        }
    }

    private func nextReport() -> [UInt8]? {
        isDue = false
        guard let session else { return nil }
        typealias Member = FeedProtocol.Member
        var report: JSONValue = [
            FeedProtocol.Parameter.gateway: JSONValue(gatewayID), Member.session: JSONValue(session),
            Member.failures: .array(
                failures.prefix(100).map { failure in
                    [
                        "kind": JSONValue(failure.key.kind), Member.key: JSONValue(failure.key.key),
                        Member.message: JSONValue(failure.value),
                    ]
                }),
        ]
        if let acknowledged { report[Member.acknowledged] = JSONValue(acknowledged) }
        if !spentTokens.isEmpty {
            report[Member.spentTokens] = .array(
                spentTokens.prefix(FeedProtocol.spentTokenLimit).map { token in
                    [
                        Member.key: JSONValue(token.id), Member.tenantDomain: JSONValue(token.tenantDomain),
                        Member.expires: JSONValue(token.expiresMilliseconds),
                    ]
                })
        }
        return report.serialized()
    }
}

extension EntityIdentity {
    /// An entity of a kind that this program may not know.
    struct Text: Sendable, Hashable {
        var kind: String
        var key: String
    }
}
