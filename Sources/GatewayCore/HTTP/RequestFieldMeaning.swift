/// Reads the fields that decide how a request is framed and addressed (RFC 9112 §3.2, §6, §9.6), and refuses what is ambiguous.
struct RequestFieldMeaning {
    private var hasHost = false
    private var length: Int64 = -1
    private var isChunked = false
    private var closes = false
    private var keepsAlive = false

    mutating func read(_ head: inout RequestHead) -> WireProblem? {
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard field.known != .other else { continue }
            if let problem = read(field, &head) { return problem }
        }
        guard hasHost || head.minorVersion == 0 else { return .invalidHost }
        if isChunked {
            guard length < 0, head.minorVersion > 0 else { return .conflictingFraming }
            head.body = .chunked
        } else if length > 0 {
            head.body = .length(length)
        }
        head.keepsAlive = head.minorVersion > 0 ? !closes : keepsAlive && !closes
        return nil
    }

    private mutating func read(_ field: HeaderField, _ head: inout RequestHead) -> WireProblem? {
        switch field.known {
        case .host: return readHost(field.value, &head)
        case .contentLength: return readLength(head.bytes(field.value))
        case .transferEncoding: return readTransferEncoding(head.bytes(field.value))
        case .connection: return readConnection(head.bytes(field.value))
        case .expect: return readExpect(head.bytes(field.value), &head)
        default: return nil
        }
    }

    private mutating func readHost(_ value: ByteSpan, _ head: inout RequestHead) -> WireProblem? {
        guard !hasHost else { return .invalidHost }
        hasHost = true
        for byte in head.bytes(value) where !ByteScanning.isAuthority(byte) { return .invalidHost }
        if head.host.isEmpty { head.host = value }
        return nil
    }

    private mutating func readLength(_ value: UnsafeRawBufferPointer) -> WireProblem? {
        guard length < 0, let number = ContentLength.parse(value) else { return .invalidContentLength }
        length = number
        return nil
    }

    private mutating func readTransferEncoding(_ value: UnsafeRawBufferPointer) -> WireProblem? {
        guard !isChunked else { return .conflictingFraming }
        var codings = 0
        ByteScanning.forEachElement(of: value) { element in
            codings += 1
            isChunked = element.count == 7 && element.baseAddress.map { ByteScanning.equals($0, "chunked") } ?? false
            return true
        }
        guard isChunked else { return .conflictingFraming }
        return codings == 1 ? nil : .unsupportedTransferCoding
    }

    private mutating func readConnection(_ value: UnsafeRawBufferPointer) -> WireProblem? {
        ByteScanning.forEachElement(of: value) { element in
            guard let base = element.baseAddress else { return true }
            if element.count == 5, ByteScanning.equals(base, "close") { closes = true }
            if element.count == 10, ByteScanning.equals(base, "keep-alive") { keepsAlive = true }
            return true
        }
        return nil
    }

    private func readExpect(_ value: UnsafeRawBufferPointer, _ head: inout RequestHead) -> WireProblem? {
        guard value.count == 12, let base = value.baseAddress, ByteScanning.equals(base, "100-continue") else {
            return .unsupportedExpectation
        }
        // A client of HTTP/1.0 cannot be sent an interim answer (RFC 9110 §10.1.1).
        head.expectsContinue = head.minorVersion > 0
        return nil
    }
}

/// `Content-Length` values (RFC 9110 §8.6): digits, nothing else.
enum ContentLength {
    static func parse(_ value: UnsafeRawBufferPointer) -> Int64? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var number: Int64 = 0
        for byte in value {
            guard byte &- 0x30 < 10 else { return nil }
            number = number &* 10 &+ Int64(byte &- 0x30)
        }
        return number
    }
}
