import Model

/// Traces the calls of one event loop (`docs/tracing.md`).
final class CallTracer {
    private let settings: TraceSettings
    private var ids: SpanIDGenerator
    /// Calls whose number is below are traced.
    private let threshold: UInt64

    init(_ settings: TraceSettings, random: RandomSource) {
        self.settings = settings
        ids = SpanIDGenerator(random: random)
        threshold = settings.ratio >= 1 ? .max : UInt64(max(0, settings.ratio) * 0x1p63)
    }

    /// Takes up the caller's trace or begins one, and has the upstream told. What the caller said of it does not go on beside that.
    func begin(_ head: RequestHead, isTLS: Bool, _ exchange: Exchange) {
        let field = RequestFields.find(Self.parentName, head)
        let context = field.flatMap { TraceContext(head.bytes(head.fields[$0.index].value)) }
        let trace = CallTrace(context, &ids, isTLS: isTLS) { isSampled(context, traceLow: $0) }
        exchange.trace = trace
        exchange.addedRequestLines += trace.line
        if let field { exchange.removedFields |= field.bits }
        // W3C Trace Context §3.3: the state belongs to a parent that could be read.
        if context == nil, let state = RequestFields.find(Self.stateName, head) { exchange.removedFields |= state.bits }
    }

    private func isSampled(_ context: TraceContext?, traceLow: UInt64) -> Bool {
        if settings.followsCallers, let context { return context.isSampled }
        return threshold == .max || traceLow >> 1 < threshold
    }

    private static let parentName = Array("traceparent".utf8)
    private static let stateName = Array("tracestate".utf8)

    /// The call has ended.
    func end(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        guard let trace = exchange.trace, trace.isSampled, let head else { return }
        settings.sink(Self.call(trace, exchange, head, nowMilliseconds))
    }

    private static func call(_ trace: CallTrace, _ exchange: Exchange, _ head: RequestHead, _ now: Int64) -> TracedCall {
        let times = exchange.times
        let last = max(times.received, times.upstreamStarted, times.upstreamEnded, times.answered)
        // The milestones are on the monotonic clock; the call has ended now.
        func epoch(_ moment: UInt64) -> UInt64 { moment == 0 ? 0 : UInt64(now) &* 1_000_000 &- (last &- moment) }
        let api = exchange.snapshot?.apis[exchange.api]
        let code = exchange.errorCode
        return TracedCall(
            traceHigh: trace.traceHigh, traceLow: trace.traceLow, parent: trace.parent, span: trace.span,
            upstreamSpan: trace.upstreamSpan, start: epoch(times.received), end: epoch(last),
            upstreamStart: epoch(times.upstreamStarted),
            upstreamEnd: epoch(times.upstreamEnded != 0 ? times.upstreamEnded : last),
            method: text(head.bytes(head.method)), path: text(head.bytes(head.path)), route: route(exchange, api),
            isTLS: trace.isTLS, host: text(head.bytes(head.host)), minorVersion: head.minorVersion,
            userAgent: RequestFields.find(userAgentName, head).map { text(head.bytes(head.fields[$0.index].value)) } ?? "",
            clientAddress: String(decoding: exchange.clientAddress, as: UTF8.self),
            requestID: String(decoding: exchange.requestID, as: UTF8.self), status: exchange.status, errorCode: code,
            errorType: code == 0 ? "" : "\(FaultKind(code: code).message)",
            apiName: api.map { String(decoding: $0.name, as: UTF8.self) }, apiVersion: api?.version,
            tenantDomain: api?.tenantDomain,
            applicationID: exchange.snapshot?.applications[exchange.application]?.definition.id,
            consumerKey: exchange.credential?.consumerKey,
            upstreamURL: exchange.upstream.map { String(decoding: $0.url, as: UTF8.self) } ?? "",
            upstreamHost: exchange.upstream?.host ?? "", upstreamPort: exchange.upstream?.port ?? 0,
            upstreamStatus: exchange.upstreamStatus, attempts: exchange.attempts)
    }

    private static let userAgentName = Array("user-agent".utf8)

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The context as it is written in the definition, then the template of the operation.
    private static func route(_ exchange: Exchange, _ api: CompiledAPI?) -> String? {
        guard let api, api.operations.indices.contains(Int(exchange.operation)) else { return nil }
        let key = api.operations[Int(exchange.operation)].resourceKey
        let template = key.dropFirst(api.contextPath.count + 1 + api.version.utf8.count)
        return String(
            decoding: api.contextPath + template.prefix(upTo: template.lastIndex(of: 0x3a) ?? template.endIndex), as: UTF8.self)
    }
}
