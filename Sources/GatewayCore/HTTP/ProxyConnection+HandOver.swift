extension ProxyConnection {
    /// Whether the request asks to change to another protocol (RFC 9110 §7.8).
    var asksForUpgrade: Bool { head.fields.contains { $0.known == .upgrade } }

    /// Whether these are the first bytes of HTTP/2 without TLS (RFC 9113 §3.4), which read like a request of an unknown version.
    func beginsHTTP2(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: "PRI * HTTP/2.0\r\n".utf8)
    }

    /// The bytes of a head that ``ProxyActions/handOver`` is about, as far as they were consumed. The connection is of no use afterwards.
    public func takeHead() -> [UInt8] {
        clientState = .closed
        return Array(headBytes.bytes.prefix(head.byteCount))
    }

    /// Goes on in the event loop of `context`, which shares its allowance with the one before. Only while a request waits for an
    /// upstream: nothing of a loop's scratch memory is in use then.
    public func arrive(in context: WireContext) {
        precondition(upstreamState == .acquiring, "only a request that waits for an upstream can change its loop")
        self.context = context
    }
}
