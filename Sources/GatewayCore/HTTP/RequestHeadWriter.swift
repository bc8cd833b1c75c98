/// Writes the head that goes to the upstream: own request line, `Host` and framing, the client's other fields less what the
/// pipeline took out, and what it added.
enum RequestHeadWriter {
    static func write(_ head: RequestHead, _ exchange: Exchange, to upstream: Upstream, into output: OutputBuffer) {
        output.reserve(
            head.byteCount + upstream.textCount + exchange.addedRequestLines.count + 128)
        output.append(head.bytes(head.method))
        output.append(ByteScanning.space)
        upstream.appendTargetPrefix(to: output)
        writeSuffix(head, exchange, upstream, into: output)
        output.append(" HTTP/1.1\r\n")
        upstream.appendHeadLines(to: output)
        appendFields(head, exchange, output)
        if let body = exchange.requestBody, !body.isEmpty {
            appendLength(Int64(body.count), output)
        } else {
            appendFraming(exchange.requestBody == nil ? head.body : .none, head, output)
        }
        output.append(exchange.addedRequestLines.bytes)
        output.append("\r\n")
    }

    private static func appendFraming(
        _ framing: RequestHead.BodyFraming, _ head: RequestHead, _ output: OutputBuffer
    ) {
        switch framing {
        case .none: if head.body != .none || expectsLength(head) { appendLength(0, output) }
        case .length(let length): appendLength(length, output)
        case .chunked: output.append("Transfer-Encoding: chunked\r\n")
        }
    }

    private static func appendLength(_ length: Int64, _ output: OutputBuffer) {
        output.append("Content-Length: ")
        output.append(decimal: length)
        output.append("\r\n")
    }

    /// A request that said it had no content says so again (RFC 9110 §8.6 asks it of POST, PUT and PATCH).
    private static func expectsLength(_ head: RequestHead) -> Bool {
        for field in head.fields where field.known == .contentLength { return true }
        return false
    }

    private static func appendFields(_ head: RequestHead, _ exchange: Exchange, _ output: OutputBuffer) {
        let base = head.base
        let hasNominations = FieldRules.hasNominations(head.fields, base: base)
        // The body is there already, so its sender has nothing to wait for.
        let dropsExpect = exchange.requestBody != nil
        var bit: UInt64 = 1
        for field in head.fields {
            let isRemoved = exchange.removedFields & bit != 0
            bit <<= 1
            if isRemoved || field.known == .host || FieldRules.isHopByHop(field.known) { continue }
            if dropsExpect, field.known == .expect { continue }
            if hasNominations, FieldRules.isNominated(field.name, in: head.fields, base: base) { continue }
            output.append(head.bytes(field.name))
            output.append(": ")
            output.append(head.bytes(field.value))
            output.append("\r\n")
        }
    }

    /// Path and query towards the upstream, after the prefix of its own; parameters of the endpoint's own URL come last.
    static func writeSuffix(_ head: RequestHead, _ exchange: Exchange, _ upstream: Upstream, into output: OutputBuffer) {
        let suffix = head.bytes(exchange.suffix)
        let lacksPath = suffix.isEmpty || suffix[0] != 0x2F
        if lacksPath, upstream.pathPrefix.isEmpty { output.append(0x2F) }
        let start = output.count
        appendSuffix(suffix, exchange, output)
        if upstream.query.isEmpty { return }
        output.append(output.bytes[start...].contains(0x3F) ? 0x26 : 0x3F)
        output.append(upstream.query)
    }

    private static func appendSuffix(_ suffix: UnsafeRawBufferPointer, _ exchange: Exchange, _ output: OutputBuffer) {
        guard exchange.removesKeyParameters else { return output.append(suffix) }
        KeyParameters.append(suffix, withoutKeysTo: output)
    }
}
