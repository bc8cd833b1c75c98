import Model

/// Which calls are logged beyond the access log (`docs/api-logs.md`, `docs/correlation-logs.md`).
struct LoggingDirectory: Sendable {
    private var logs: [Int32: CompiledAPILog] = [:]
    /// Whether every call is a line of the correlation log.
    var correlates = false

    /// Whether there is nothing to log, which is the plain case.
    var isEmpty: Bool { logs.isEmpty && !correlates }

    /// The keys of what is set, as ``GatewayEntity/key``.
    var keys: [String] {
        logs.values.map { GatewayLogging.key(ofAPI: $0.apiID) } + (correlates ? [GatewayLogging.correlationKey] : [])
    }

    mutating func set(_ log: GatewayAPILog, apiIdentity: Int32) { logs[apiIdentity] = CompiledAPILog(log) }

    mutating func remove(key: String) {
        if key == GatewayLogging.correlationKey { correlates = false }
        logs = logs.filter { GatewayLogging.key(ofAPI: $0.value.apiID) != key }
    }

    /// How much of a call is logged.
    func level(of api: CompiledAPI, operation: Int32) -> APILogLevel {
        guard let log = logs[api.identity] else { return .off }
        let key = api.operations.indices.contains(Int(operation)) ? api.operations[Int(operation)].resourceKey : []
        return log.level(resource: key.dropFirst(api.contextPath.count + 1 + api.version.utf8.count))
    }
}

/// The rules of an API's log.
struct CompiledAPILog: Sendable {
    let apiID: String
    private let general: APILogLevel
    /// By `template:VERB`.
    private let resources: [(key: [UInt8], level: APILogLevel)]

    init(_ log: GatewayAPILog) {
        apiID = log.apiID
        general = log.rules.last { $0.verb == nil || $0.target == nil }?.level ?? .off
        resources = log.rules.compactMap { rule in
            guard let verb = rule.verb, let target = rule.target else { return nil }
            return (Array("\(target):\(verb)".utf8), rule.level)
        }
    }

    /// The level for an operation, named by template and verb; empty for a call that found none.
    func level(resource: ArraySlice<UInt8>) -> APILogLevel {
        resources.first { $0.key.elementsEqual(resource) }?.level ?? general
    }
}
