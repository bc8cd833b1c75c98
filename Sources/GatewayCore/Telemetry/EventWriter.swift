/// Writes analytics events, a JSON object a line: `response` for requests that passed, `fault` for those that the gateway refused or
/// that failed; nothing for requests to no known API.
final class EventWriter {
    let buffer = LogBuffer()
    private let placeMembers: [UInt8]
    private let agents = UserAgentCache()
    private var second: Int64 = -1
    private var datePrefix: [UInt8] = []

    init(_ settings: PipelineSettings) {
        placeMembers = EventMembers.join([("regionId", settings.region), ("gatewayType", settings.gatewayType)])
    }

    func append(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        guard let snapshot = exchange.snapshot, let api = snapshot.apis[exchange.api],
            exchange.errorCode != 0 || exchange.isAuthenticated
        else { return }
        appendCommon(exchange, snapshot, api, nowMilliseconds)
        if exchange.errorCode != 0 { appendFault(exchange) } else { appendResponse(exchange, api, head) }
        buffer.append("}\n")
    }

    private func appendCommon(_ exchange: Exchange, _ snapshot: Snapshot, _ api: CompiledAPI, _ nowMilliseconds: Int64) {
        let times = exchange.times
        buffer.append("{\"requestTimestamp\":\"")
        appendDate(nowMilliseconds - times.milliseconds(from: times.received, to: times.answered))
        buffer.append("\",\"correlationId\":\"")
        buffer.append(exchange.requestID.bytes)
        buffer.append(exchange.keyType == .production ? "\",\"keyType\":\"PRODUCTION\"," : "\",\"keyType\":\"SANDBOX\",")
        buffer.append(api.eventMembers)
        buffer.append(0x2c)
        if let application = snapshot.applications[exchange.application] {
            buffer.append(application.eventMembers)
        } else {
            buffer.append(exchange.usesInternalKey ? EventMembers.internalApplication : EventMembers.unknownApplication)
        }
        buffer.append(0x2c)
        buffer.append(placeMembers)
        buffer.append(",\"proxyResponseCode\":")
        buffer.append(decimal: Int64(exchange.status))
        buffer.append(",\"targetResponseCode\":")
        buffer.append(decimal: Int64(exchange.upstreamStatus))
    }

    private func appendDate(_ milliseconds: Int64) {
        if milliseconds / 1000 != second {
            second = milliseconds / 1000
            datePrefix = Array((CalendarDate(milliseconds: milliseconds).isoPrefix + ".").utf8)
        }
        buffer.append(datePrefix)
        buffer.append(milliseconds % 1000, digits: 3)
        buffer.append(0x5a)
    }

    private func appendFault(_ exchange: Exchange) {
        let kind = FaultKind(code: exchange.errorCode)
        buffer.append(",\"errorType\":\"")
        buffer.append(kind.type)
        buffer.append("\",\"errorCode\":")
        buffer.append(decimal: Int64(exchange.errorCode))
        buffer.append(",\"errorMessage\":\"")
        buffer.append(kind.message)
        buffer.append("\",\"eventType\":\"fault\"")
    }

    private func appendResponse(_ exchange: Exchange, _ api: CompiledAPI, _ head: RequestHead?) {
        buffer.append(0x2c)
        buffer.append(api.contextMember)
        if api.operations.indices.contains(Int(exchange.operation)) {
            buffer.append(0x2c)
            buffer.append(api.operations[Int(exchange.operation)].eventMembers)
        }
        buffer.append(",\"destination\":\"")
        exchange.upstream?.url.withUnsafeBytes { buffer.append(json: $0) }
        buffer.append("\",\"userName\":\"")
        buffer.append(jsonText: exchange.userName.bytes)
        buffer.append("\",\"userIp\":\"")
        buffer.append(exchange.clientAddress.bytes)
        buffer.append("\",")
        buffer.append(agents.members(of: Self.userAgent(head)))
        buffer.append(exchange.isCacheHit ? ",\"responseCacheHit\":true" : ",\"responseCacheHit\":false")
        appendLatencies(exchange.times)
        buffer.append(",\"properties\":{\"responseSize\":")
        buffer.append(decimal: exchange.responseBodyBytes)
        buffer.append("},\"eventType\":\"response\"")
    }

    private func appendLatencies(_ times: ExchangeTimes) {
        let started = times.upstreamStarted
        buffer.append(",\"responseLatency\":")
        buffer.append(decimal: times.milliseconds(from: times.received, to: times.answered))
        buffer.append(",\"backendLatency\":")
        buffer.append(decimal: times.milliseconds(from: started, to: times.upstreamEnd))
        buffer.append(",\"requestMediationLatency\":")
        buffer.append(decimal: times.milliseconds(from: times.received, to: started))
        buffer.append(",\"responseMediationLatency\":")
        buffer.append(decimal: times.milliseconds(from: times.upstreamEnd, to: times.answered))
    }

    private static func userAgent(_ head: RequestHead?) -> UnsafeRawBufferPointer {
        guard let head, let field = head.fields.first(where: { $0.known == .userAgent }) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return head.bytes(field.value)
    }
}
