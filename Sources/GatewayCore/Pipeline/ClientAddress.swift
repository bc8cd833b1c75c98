/// Finds the address of the client behind proxies that are trusted.
enum ClientAddress {
    /// Appends the first entry of `X-Forwarded-For` if the peer is trusted and the entry looks like an address; else the peer's address.
    @inline(__always)
    static func append(
        _ head: RequestHead, _ fields: RequestFields, _ connection: ConnectionFacts, to output: OutputBuffer
    ) {
        if fields.forwardedFor >= 0, connection.isTrustedProxy, appendForwarded(head, fields.forwardedFor, to: output) {
            return
        }
        output.append(connection.peerAddress)
    }

    private static func appendForwarded(_ head: RequestHead, _ index: Int, to output: OutputBuffer) -> Bool {
        let list = RequestFields.value(index, head)
        let end = list.firstIndex(of: 0x2c) ?? list.count
        let first = Bytes.trimmed(UnsafeRawBufferPointer(rebasing: list[..<end]))
        guard IPAddress(first) != nil else { return false }
        output.append(first)
        return true
    }
}
