import Model

/// What is known of a request beside its exchange when its record is written.
struct DecisionFacts {
    /// The gateway's own id of the request.
    var requestID: [UInt8]
    var tenantDomain: String
    var api: CompiledAPI?
    var rule: DecisionRule
    /// Slot of the calling application; -1 for none.
    var application: Int32
    var nowMilliseconds: Int64
}

/// Writes the record of one request: what came, what the gateway found, and where it stopped. Never a credential, a body, a field's value,
/// or a query.
final class DecisionWriter {
    private let buffer = LogBuffer(threshold: 4096)
    private var isFirst = true

    /// The JSON object of a record.
    func json(_ facts: DecisionFacts, _ exchange: Exchange, _ head: RequestHead?) -> [UInt8] {
        isFirst = true
        buffer.append("{")
        appendRequest(facts, exchange, head)
        member("tenantDomain", text: facts.tenantDomain)
        if let api = facts.api { appendAPI(api, exchange) }
        appendCaller(facts, exchange)
        appendOutcome(facts, exchange)
        appendUpstream(exchange)
        buffer.append("}")
        return buffer.take() ?? []
    }

    private func appendRequest(_ facts: DecisionFacts, _ exchange: Exchange, _ head: RequestHead?) {
        let times = exchange.times
        member("requestId", bytes: facts.requestID)
        member("activityId", bytes: Array(exchange.requestID))
        member("time", number: facts.nowMilliseconds - times.milliseconds(from: times.received, to: times.answered))
        member("milliseconds", number: times.milliseconds(from: times.received, to: times.answered))
        member("clientAddress", bytes: Array(exchange.clientAddress))
        guard let head else { return }
        member("method", raw: UnsafeRawBufferPointer(rebasing: head.bytes(head.method).prefix(32)))
        member("path", raw: UnsafeRawBufferPointer(rebasing: head.bytes(head.path).prefix(1024)))
        member("host", raw: UnsafeRawBufferPointer(rebasing: head.bytes(head.host).prefix(256)))
    }

    private func appendAPI(_ api: CompiledAPI, _ exchange: Exchange) {
        members(api.eventMembers)
        members(api.contextMember)
        member("environment", text: GatewayEntity.environment(inKey: api.key))
        if api.operations.indices.contains(Int(exchange.operation)) {
            members(api.operations[Int(exchange.operation)].eventMembers)
        }
    }

    private func appendCaller(_ facts: DecisionFacts, _ exchange: Exchange) {
        if let application = exchange.snapshot?.applications[facts.application] { members(application.eventMembers) }
        if !exchange.userName.isEmpty { member("user", bytes: Array(exchange.userName)) }
        if let subscription = exchange.subscription { member("plan", text: subscription.plan) }
        guard let credential = exchange.credential else { return }
        member("credential", text: Self.name(of: credential.kind))
        member("keyType", text: exchange.keyType.rawValue)
        if let manager = credential.keyManager { member("keyManager", text: manager.name) }
        if let consumerKey = credential.consumerKey { member("consumerKey", text: consumerKey) }
        if let tokenID = credential.tokenID { member("tokenId", text: tokenID) }
    }

    private static func name(of kind: Credential.Kind) -> String {
        switch kind {
        case .oauth2: "access token"
        case .apiKey: "API key"
        case .internalKey: "test key"
        case .certificate: "client certificate"
        default: "\(kind)"
        }
    }

    private func appendOutcome(_ facts: DecisionFacts, _ exchange: Exchange) {
        if exchange.errorCode != 0 {
            let isOfPolicy = [.policyRefused, .policyFailed].contains(facts.rule)
            member("stage", text: exchange.attempts > 0 && !isOfPolicy ? "upstream" : "\(exchange.stage)")
            member("code", number: Int64(exchange.errorCode))
        }
        member("rule", text: facts.rule.rawValue)
        member("status", number: Int64(exchange.status))
        let quotas = DecisionQuotas(responseLines: Array(exchange.addedResponseLines))
        guard !quotas.items.isEmpty else { return }
        name("quotas")
        buffer.append("[")
        for (index, item) in quotas.items.enumerated() {
            if index > 0 { buffer.append(",") }
            append(item)
        }
        buffer.append("]")
    }

    private func append(_ quota: DecisionQuotas.Item) {
        buffer.append("{")
        isFirst = true
        member("policy", text: quota.policy)
        member("unit", text: quota.countsBytes ? "BYTES" : "REQUESTS")
        member("limit", number: quota.limit)
        member("windowSeconds", number: quota.windowSeconds)
        member("remaining", number: quota.remaining)
        member("resetSeconds", number: quota.resetSeconds)
        buffer.append("}")
    }

    private func appendUpstream(_ exchange: Exchange) {
        guard let upstream = exchange.upstream else { return }
        member("endpoint", bytes: Self.withoutSecrets(upstream.url))
        member("attempts", number: Int64(exchange.attempts))
        if exchange.upstreamStatus >= 0 { member("upstreamStatus", number: Int64(exchange.upstreamStatus)) }
        let times = exchange.times
        if times.upstreamStarted > 0 {
            member("upstreamMilliseconds", number: times.milliseconds(from: times.upstreamStarted, to: times.upstreamEnd))
        }
    }

    /// A URL without query and user information, which may hold keys of the back end.
    static func withoutSecrets(_ url: [UInt8]) -> [UInt8] {
        let location = url.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let scheme = location.firstRange(of: Array("//".utf8)) else { return Array(location) }
        let rest = location[scheme.upperBound...]
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return Array(location) }
        return Array(location[..<scheme.upperBound] + rest[(at + 1)...])
    }

    // MARK: Members

    private func name(_ name: StaticString) {
        buffer.append(isFirst ? "\"" : ",\"")
        isFirst = false
        buffer.append(name)
        buffer.append("\":")
    }

    private func member(_ name: StaticString, raw bytes: UnsafeRawBufferPointer) {
        self.name(name)
        buffer.append("\"")
        buffer.append(json: bytes)
        buffer.append("\"")
    }

    /// `bytes` may come from clients.
    private func member(_ name: StaticString, bytes: [UInt8]) { bytes.withUnsafeBytes { member(name, raw: $0) } }

    private func member(_ name: StaticString, text: String) {
        self.name(name)
        buffer.append("\"")
        buffer.append(jsonText: Array(text.utf8))
        buffer.append("\"")
    }

    private func member(_ name: StaticString, number: Int64) {
        self.name(name)
        buffer.append(decimal: number)
    }

    /// Members that are written already.
    private func members(_ json: [UInt8]) {
        buffer.append(",")
        buffer.append(json)
    }
}
