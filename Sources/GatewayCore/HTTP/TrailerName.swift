/// The name of a trailer field, which may come byte by byte. Only what tells it from others is kept, so that nothing is allocated.
struct TrailerName {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Adds a byte of the name; letters count as small ones.
    mutating func append(_ byte: UInt8) {
        let small = byte &- 0x41 < 26 ? byte | 0x20 : byte
        // FNV-1a.
        hash = (hash ^ UInt64(small)) &* 0x0000_0100_0000_01B3
    }

    /// Whether the field says something about framing, way or sender of the message, and so must not stand behind its body (RFC 9110 §6.5.1).
    var isForbidden: Bool { Self.forbidden.contains(hash) }

    private static let forbidden = Set(
        [
            "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "trailer",
            "upgrade",
            "expect", "content-type", "content-encoding", "content-range", "authorization", "proxy-authorization", "cookie",
            "set-cookie", "apikey", "internal-key", "x-jwt-assertion", "x-forwarded-for", "x-wso2-client-certificate",
        ].map { name in
            var hashed = TrailerName()
            for byte in name.utf8 { hashed.append(byte) }
            return hashed.hash
        })
}
