import GatewayCore
import Logging
import Model
import OutgoingHTTP
import Synchronization

@testable import GatewayPolicies

/// What a test's policies have logged.
final class LogRecord: Sendable {
    private let entries = Mutex<[(message: String, metadata: Logger.Metadata)]>([])

    var all: [(message: String, metadata: Logger.Metadata)] { entries.withLock { $0 } }
    var messages: [String] { all.map(\.message) }

    fileprivate func add(_ message: String, _ metadata: Logger.Metadata) { entries.withLock { $0.append((message, metadata)) } }

    var logger: Logger { Logger(label: "test") { _ in RecordingHandler(record: self) } }
}

private struct RecordingHandler: LogHandler {
    let record: LogRecord
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(record: LogRecord) { self.record = record }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { record.add("\(event.message)", event.metadata ?? [:]) }
}

/// A gateway with one API whose operations `GET`, `POST` and `PUT /orders/{id}` apply policies, driven by text.
final class PolicyBench {
    let log = LogRecord()
    let pipeline: RequestPipeline
    private let context: WireContext
    private let connection: ProxyConnection
    private(set) var toClient = ""
    private(set) var toUpstream = ""
    /// Bytes that the connection did not take yet.
    private var held: [UInt8] = []
    private let now = WireInstant(nanoseconds: 1_000_000_000_000, epochMilliseconds: 1_700_000_000_000)

    /// - Parameters:
    ///   - authType: of the operations.
    ///   - change: gives the API what it does not have by itself.
    init(
        _ flows: GatewayPolicyFlows, authType: String = "None", entities: [GatewayEntity] = [],
        api change: (inout GatewayAPI) -> Void = { _ in }, configure: (inout PolicyServices) -> Void = { _ in }
    ) {
        var services = PolicyServices(
            logger: log.logger, fetcher: OutgoingFetcher(policy: .endpoint(), logger: log.logger))
        configure(&services)
        var builder = SnapshotBuilder(
            defaults: SnapshotDefaults(cors: nil), policies: PolicyCatalogue(services: services))
        var api = Self.api(flows, authType)
        change(&api)
        builder.apply(([.api(api)] + entities).map(GatewayChange.put))
        pipeline = RequestPipeline(snapshot: builder.build())
        context = WireContext(pipeline: pipeline)
        let facts = ConnectionFacts(peerAddress: Array("192.0.2.7".utf8), isTrustedProxy: false, isTLS: true, localPort: 8243)
        connection = ProxyConnection(context: context, facts: facts, at: now)
    }

    static func api(_ flows: GatewayPolicyFlows, _ authType: String) -> GatewayAPI {
        GatewayAPI(
            id: "api-1", number: 7, environment: "Default", revisionID: "rev-1", tenant: -1234, tenantDomain: "carbon.super",
            name: "Shop", version: "1.0.0", provider: "kim", type: "HTTP", context: "/shop/1.0.0", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: [], securitySchemes: ["oauth2"],
            authorizationHeader: "Authorization", apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [],
            requiresSubscription: false, cors: nil, policy: nil,
            production: GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "http://backend/base")]),
            sandbox: nil,
            operations: ["GET", "POST", "PUT"].map {
                GatewayOperation(
                    verb: $0, target: "/orders/{id}", authType: authType, policy: "Unlimited", scopes: [], policies: flows)
            })
    }

    static func use(
        _ name: String, _ version: String = "v1", _ parameters: [String: String] = [:], script: String? = nil
    ) -> GatewayPolicyUse {
        GatewayPolicyUse(name: name, version: version, parameters: parameters, script: script)
    }

    static func request(_ uses: GatewayPolicyUse..., configure: (inout PolicyServices) -> Void = { _ in }) -> PolicyBench {
        PolicyBench(GatewayPolicyFlows(request: uses), configure: configure)
    }

    static func response(_ uses: GatewayPolicyUse...) -> PolicyBench { PolicyBench(GatewayPolicyFlows(response: uses)) }

    static func script(
        _ source: String, parameters: [String: String] = [:], configure: (inout PolicyServices) -> Void = { _ in }
    ) -> PolicyBench {
        let uses = [use("custom", "v1", parameters, script: source)]
        return PolicyBench(GatewayPolicyFlows(request: uses, response: uses, fault: uses), configure: configure)
    }

    private func drain() {
        toClient += String(decoding: context.toClient.bytes, as: UTF8.self)
        toUpstream += String(decoding: context.toUpstream.bytes, as: UTF8.self)
        context.toClient.removeAll()
        context.toUpstream.removeAll()
    }

    /// Sends a request; with a body, its framing is added.
    @discardableResult
    func send(
        _ verb: String, _ path: String = "/orders/5", _ fields: [String] = [], body: [UInt8] = [], isChunked: Bool = false
    ) async -> PolicyBench {
        let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(body.count)"
        let lines = ["\(verb) /shop/1.0.0\(path) HTTP/1.1", "Host: gw", "activityid: r1"] + fields
        let head = (lines + (body.isEmpty ? [] : [framing]) + ["", ""]).joined(separator: "\r\n")
        let chunk = "\(String(body.count, radix: 16))\r\n".bytes + body + "\r\n0\r\n\r\n".bytes
        held += head.bytes + (isChunked ? chunk : body)
        await perform(feed())
        return self
    }

    private func feed() -> ProxyActions {
        var actions: ProxyActions = []
        while !held.isEmpty {
            let step = held.withUnsafeBytes { connection.clientBytes($0, at: now) }
            drain()
            toUpstream += String(decoding: held[step.passThrough], as: UTF8.self)
            held.removeFirst(step.consumed)
            actions.formUnion(step.actions)
            if step.consumed == 0 { break }
        }
        return actions
    }

    private func perform(_ actions: ProxyActions) async {
        var actions = actions
        while actions.contains(.runErrand), let work = connection.exchange.errand?.work {
            actions = connection.errandEnded(await work(), number: connection.errandNumber, at: now)
            drain()
        }
        if actions.contains(.acquireUpstream) {
            connection.upstreamReady(isReused: false, at: now)
            drain()
            await perform(feed())
        }
    }

    /// Has the upstream answer.
    @discardableResult
    func answer(_ head: String, body: [UInt8] = []) async -> PolicyBench {
        let bytes = Array("HTTP/1.1 \(head)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        let step = bytes.withUnsafeBytes { connection.upstreamBytes($0, at: now) }
        drain()
        toClient += String(decoding: bytes[step.passThrough], as: UTF8.self)
        await perform(step.actions)
        return self
    }

    /// Has the upstream fail.
    @discardableResult
    func fail(_ failure: UpstreamFailure) async -> PolicyBench {
        let actions = connection.upstreamFailed(failure, at: now)
        drain()
        await perform(actions)
        return self
    }

    var upstreamAddress: String? { connection.exchange.upstream?.hostField.text }
    /// What the log says why a script failed.
    var failure: String { log.all.first?.metadata["reason"].map { "\($0)" } ?? "" }
    var status: String { String(toClient.dropFirst(9).prefix(3)) }

    static func value(_ name: String, in message: String) -> String? {
        let head = message.prefix(while: { _ in true }).split(separator: "\r\n\r\n", maxSplits: 1)[0]
        return head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    static func body(of message: String) -> String {
        guard let end = message.firstRange(of: "\r\n\r\n") else { return "" }
        return String(message[end.upperBound...])
    }

    var sentBody: String { Self.body(of: toUpstream) }
    var answeredBody: String { Self.body(of: toClient) }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
