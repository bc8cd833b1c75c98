/// Writes access log lines (`docs/logs.md`): the combined format, then request id, milliseconds in all and at the upstream.
final class AccessLogWriter {
    let buffer = LogBuffer()
    private var second: Int64 = -1
    private var date: [UInt8] = []

    func append(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        updateDate(nowMilliseconds)
        appendOrDash(exchange.clientAddress)
        buffer.append(" - ")
        if exchange.userName.isEmpty {
            buffer.append(0x2d)
        } else {
            appendUserName(exchange.userName.bytes)
        }
        buffer.append(" [")
        buffer.append(date)
        buffer.append("] \"")
        if let head { appendRequestLine(head, isHTTP2: exchange.isHTTP2) } else { buffer.append(0x2d) }
        buffer.append("\" ")
        buffer.append(decimal: Int64(exchange.status))
        buffer.append(0x20)
        buffer.append(decimal: exchange.responseBodyBytes)
        buffer.append(" \"")
        appendField(.referer, head)
        buffer.append("\" \"")
        appendField(.userAgent, head)
        buffer.append("\" ")
        appendOrDash(exchange.requestID)
        appendTimes(exchange.times)
        buffer.append(0x0a)
    }

    /// A user name with a blank would shift the fields behind it.
    private func appendUserName(_ name: UnsafeRawBufferPointer) {
        guard name.contains(0x20) else { return buffer.append(quoted: name) }
        for byte in name {
            if byte == 0x20 { buffer.append("\\x20") } else { withUnsafeBytes(of: byte) { buffer.append(quoted: $0) } }
        }
    }

    private func updateDate(_ nowMilliseconds: Int64) {
        guard nowMilliseconds / 1000 != second else { return }
        second = nowMilliseconds / 1000
        date = Array(CalendarDate(milliseconds: nowMilliseconds).logDate.utf8)
    }

    /// An address or a request's id: they hold nothing that would have to be escaped.
    private func appendOrDash(_ text: OutputBuffer) {
        if text.isEmpty { buffer.append(0x2d) } else { buffer.append(text.bytes) }
    }

    private func appendRequestLine(_ head: RequestHead, isHTTP2: Bool) {
        // A token, so without quotation marks (RFC 9110 §5.6.2).
        buffer.append(head.bytes(head.method))
        buffer.append(0x20)
        buffer.append(quoted: head.bytes(head.path))
        if !head.query.isEmpty {
            buffer.append(0x3f)
            appendQuery(head.bytes(head.query))
        }
        if isHTTP2 { return buffer.append(" HTTP/2.0") }
        buffer.append(" HTTP/1.")
        buffer.append(0x30 + head.minorVersion)
    }

    /// The query without the values of parameters that carry credentials.
    private func appendQuery(_ query: UnsafeRawBufferPointer) {
        var start = 0
        while true {
            let end = query[start...].firstIndex(of: 0x26) ?? query.count
            let parameter = UnsafeRawBufferPointer(rebasing: query[start..<end])
            if let secret = Self.secretStart(parameter) {
                buffer.append(quoted: UnsafeRawBufferPointer(rebasing: parameter[..<secret]))
                buffer.append("***")
            } else {
                buffer.append(quoted: parameter)
            }
            guard end < query.count else { return }
            buffer.append(0x26)
            start = end + 1
        }
    }

    private static func secretStart(_ parameter: UnsafeRawBufferPointer) -> Int? {
        for name in ["apikey=", "access_token="] as [StaticString] where Bytes.firstIndex(of: name, inAnyCase: parameter) == 0 {
            return name.utf8CodeUnitCount
        }
        return nil
    }

    private func appendField(_ known: KnownHeader, _ head: RequestHead?) {
        if let head {
            for field in head.fields where field.known == known { return buffer.append(quoted: head.bytes(field.value)) }
        }
        buffer.append(0x2d)
    }

    private func appendTimes(_ times: ExchangeTimes) {
        buffer.append(0x20)
        buffer.append(decimal: times.milliseconds(from: times.received, to: times.answered))
        buffer.append(0x20)
        if times.upstreamStarted == 0 {
            buffer.append(0x2d)
        } else {
            buffer.append(decimal: times.milliseconds(from: times.upstreamStarted, to: times.upstreamEnd))
        }
    }
}

extension ExchangeTimes {
    /// Milliseconds between two milestones, 0 if one was not reached.
    func milliseconds(from start: UInt64, to end: UInt64) -> Int64 {
        start == 0 || end <= start ? 0 : Int64(truncatingIfNeeded: (end - start) / 1_000_000)
    }

    /// When the upstream was done with, at the latest when the client was answered.
    var upstreamEnd: UInt64 { upstreamEnded != 0 ? upstreamEnded : answered }
}
