import Model

/// Writes the lines of API logs: up to four a call, one for each way in and out (`docs/api-logs.md`).
final class APILogWriter {
    private enum Flow {
        case requestIn, requestOut, responseIn, responseOut

        var name: StaticString {
            switch self {
            case .requestIn: "REQUEST_IN"
            case .requestOut: "REQUEST_OUT"
            case .responseIn: "RESPONSE_IN"
            case .responseOut: "RESPONSE_OUT"
            }
        }
    }

    private let buffer = LogBuffer()

    /// The lines of a call that has ended.
    func lines(_ record: CallRecord, _ exchange: Exchange, _ api: CompiledAPI, _ head: RequestHead?, now: Int64) -> [UInt8] {
        let redaction = FieldRedaction(api)
        let target = head.map { redaction.target($0) } ?? []
        let times = exchange.times
        func at(_ moment: UInt64) -> Int64 { now - times.milliseconds(from: moment, to: times.answered) }
        func line(
            _ flow: Flow, at moment: UInt64, to target: [UInt8], status: Int32? = nil, fields: [UInt8],
            _ body: ArraySlice<UInt8>
        ) {
            begin(exchange, api, at(moment))
            append(flow, exchange, head, target, status)
            if record.level >= .standard { append(fields: fields, redaction) }
            if record.keepsBodies { append(body: body) }
            buffer.append("}\n")
        }
        let requestBody = exchange.requestBody.map { record.part($0) } ?? record.requestBody[...]
        line(.requestIn, at: times.received, to: target, fields: head.map(Self.fields) ?? [], requestBody)
        let destination = exchange.upstream?.url ?? []
        if times.upstreamStarted != 0 {
            line(.requestOut, at: times.upstreamStarted, to: destination, fields: record.upstreamHead, requestBody)
        }
        if exchange.upstreamStatus > 0 {
            line(
                .responseIn, at: times.upstreamFirstByte, to: destination, status: exchange.upstreamStatus,
                fields: record.responseHead, record.responseBody[...])
        }
        if exchange.status > 0 {
            line(
                .responseOut, at: times.answered, to: target, status: exchange.status, fields: record.answerHead,
                answerBody(record, exchange))
        }
        return buffer.take() ?? []
    }

    private func answerBody(_ record: CallRecord, _ exchange: Exchange) -> ArraySlice<UInt8> {
        if exchange.answer.status != 0 { return record.part(exchange.answer.body) }
        return exchange.responseBody.map { record.part($0) } ?? record.responseBody[...]
    }

    private func begin(_ exchange: Exchange, _ api: CompiledAPI, _ milliseconds: Int64) {
        buffer.append(0x5b)
        buffer.append(time: milliseconds)
        buffer.append("]  INFO {API_LOG} ")
        api.name.withUnsafeBytes { buffer.append(quoted: $0) }
        buffer.append(" - {\"sourceIP\":\"")
        exchange.clientAddress.withUnsafeBytes { buffer.append(json: $0) }
    }

    private func append(_ flow: Flow, _ exchange: Exchange, _ head: RequestHead?, _ target: [UInt8], _ status: Int32?) {
        buffer.append("\",\"verb\":\"")
        if let head { buffer.append(json: head.bytes(head.method)) }
        buffer.append("\",\"correlationId\":\"")
        exchange.requestID.withUnsafeBytes { buffer.append(json: $0) }
        buffer.append("\",\"apiTo\":\"")
        target.withUnsafeBytes { buffer.append(json: $0) }
        buffer.append("\",\"flow\":\"")
        buffer.append(flow.name)
        buffer.append(0x22)
        guard let status else { return }
        buffer.append(",\"statusCode\":")
        buffer.append(decimal: Int64(status))
    }

    private func append(fields: [UInt8], _ redaction: FieldRedaction) {
        buffer.append(",\"headers\":[")
        var isFirst = true
        for line in fields.split(separator: 0x0a) {
            guard let colon = line.firstIndex(of: 0x3a), !line.starts(with: Array("HTTP/".utf8)) else { continue }
            let name = line[..<colon]
            // A request line has a colon too, in its target, but only behind a blank.
            guard !name.contains(0x20) else { continue }
            let value = redaction.value(of: name, line[(colon + 1)...].drop { $0 == 0x20 }.filter { $0 != 0x0d })
            buffer.append(isFirst ? "\"" : ",\"")
            (Array(name) + [0x3d] + value).withUnsafeBytes { buffer.append(json: $0) }
            buffer.append(0x22)
            isFirst = false
        }
        buffer.append(0x5d)
    }

    private func append(body: ArraySlice<UInt8>) {
        buffer.append(",\"payload\":\"")
        // What is no text becomes the characters of ISO 8859-1, like header fields.
        if String(validating: body, as: UTF8.self) != nil {
            buffer.append(jsonText: Array(body))
        } else {
            body.withUnsafeBytes { buffer.append(json: $0) }
        }
        buffer.append(0x22)
    }

    private static func fields(_ head: RequestHead) -> [UInt8] {
        head.fields.reduce(into: []) { lines, field in
            lines += head.bytes(field.name)
            lines.append(0x3a)
            lines += head.bytes(field.value)
            lines.append(0x0a)
        }
    }
}
