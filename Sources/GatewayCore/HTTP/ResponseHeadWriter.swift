/// Writes the head that goes to the client.
enum ResponseHeadWriter {
    /// What the client's connection asks of the framing.
    struct Terms {
        /// Minor version of the client's HTTP/1.x.
        var clientMinorVersion: UInt8
        /// Whether the client's connection ends with this answer.
        var closes: Bool
        /// Whether the body is passed on chunked.
        var isChunked: Bool
        /// `https` or `http`, for relative locations.
        var isTLS: Bool
    }

    /// Rewrites an upstream's final answer.
    static func write(
        _ response: ResponseHead, to request: RequestHead, _ exchange: Exchange, _ terms: Terms,
        into output: OutputBuffer
    ) {
        output.reserve(response.byteCount + Int(request.host.count) + exchange.addedResponseLines.count + 128)
        appendStatusLine(response, output)
        appendFields(response, request, terms, output)
        if terms.isChunked {
            output.append("Transfer-Encoding: chunked\r\n")
        } else if response.contentLength >= 0, response.status != 204, !response.isChunked {
            output.append("Content-Length: ")
            output.append(decimal: response.contentLength)
            output.append("\r\n")
        }
        appendConnection(terms.clientMinorVersion, closes: terms.closes, output)
        appendAdded(exchange.addedResponseLines.bytes, response, output)
        output.append("\r\n")
    }

    /// Passes an interim answer (1xx) on; it has neither framing nor fields of ours.
    static func writeInterim(_ response: ResponseHead, into output: OutputBuffer) {
        appendStatusLine(response, output)
        for field in response.fields where !FieldRules.isHopByHop(field.known) { append(field, response, output) }
        output.append("\r\n")
    }

    /// `Connection`, where the version's default is not what is meant.
    static func appendConnection(_ clientMinorVersion: UInt8, closes: Bool, _ output: OutputBuffer) {
        if closes {
            output.append("Connection: close\r\n")
        } else if clientMinorVersion == 0 {
            output.append("Connection: keep-alive\r\n")
        }
    }

    private static func appendStatusLine(_ response: ResponseHead, _ output: OutputBuffer) {
        output.append("HTTP/1.1 ")
        output.append(decimal: Int64(response.status))
        output.append(ByteScanning.space)
        output.append(response.bytes(response.reason))
        output.append("\r\n")
    }

    private static func appendFields(
        _ response: ResponseHead, _ request: RequestHead, _ terms: Terms, _ output: OutputBuffer
    ) {
        let hasNominations = FieldRules.hasNominations(response.fields, base: response.base)
        for field in response.fields {
            if FieldRules.isHopByHop(field.known) { continue }
            if hasNominations, FieldRules.isNominated(field.name, in: response.fields, base: response.base) { continue }
            if field.known == .location, appendLocation(field, response, request, terms, output) { continue }
            append(field, response, output)
        }
    }

    @inline(__always)
    private static func append(_ field: HeaderField, _ response: ResponseHead, _ output: OutputBuffer) {
        output.append(response.bytes(field.name))
        output.append(": ")
        output.append(response.bytes(field.value))
        output.append("\r\n")
    }

    /// A location that is only a path becomes absolute on the address that the client called.
    private static func appendLocation(
        _ field: HeaderField, _ response: ResponseHead, _ request: RequestHead, _ terms: Terms,
        _ output: OutputBuffer
    ) -> Bool {
        let value = response.bytes(field.value)
        guard let first = value.first, first == 0x2F, value.count < 2 || value[1] != 0x2F, !request.host.isEmpty else {
            return false
        }
        output.append(terms.isTLS ? "Location: https://" : "Location: http://")
        output.append(request.bytes(request.host))
        output.append(value)
        output.append("\r\n")
        return true
    }

    /// Appends the lines whose names the upstream did not use itself.
    private static func appendAdded(_ all: UnsafeRawBufferPointer, _ response: ResponseHead, _ output: OutputBuffer) {
        var start = 0
        while start < all.count, let feed = ByteScanning.lineFeed(in: all, from: start) {
            let line = UnsafeRawBufferPointer(rebasing: all[start...feed])
            if !has(nameOf: line, response) { output.append(line) }
            start = feed + 1
        }
    }

    private static func has(nameOf line: UnsafeRawBufferPointer, _ response: ResponseHead) -> Bool {
        guard let colon = ByteScanning.first(ByteScanning.colon, in: line) else { return false }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        // Cookies stand beside each other.
        if Bytes.equalIgnoringCase(name, "set-cookie") { return false }
        for field in response.fields where Int(field.name.count) == colon {
            if ByteScanning.equalTokens(response.bytes(field.name), name) { return true }
        }
        return false
    }
}
