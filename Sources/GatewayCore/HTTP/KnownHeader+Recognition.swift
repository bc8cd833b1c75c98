extension KnownHeader {
    /// The field with a name of `count` bytes.
    package static func kind(of name: UnsafeRawPointer, count: Int) -> KnownHeader { recognise(name, count: count) }

    /// The field with this name; length first, so that most names cost one comparison or none.
    @inline(__always)
    static func recognise(_ name: UnsafeRawPointer, count: Int) -> KnownHeader {
        switch count {
        case 2: ByteScanning.equals(name, "te") ? .te : .other
        case 4: four(name)
        case 6: six(name)
        case 7: seven(name)
        case 8: ByteScanning.equals(name, "location") ? .location : .other
        case 10: ten(name)
        case 12: twelve(name)
        case 13: thirteen(name)
        case 14: ByteScanning.equals(name, "content-length") ? .contentLength : .other
        case 15: ByteScanning.equals(name, "x-forwarded-for") ? .xForwardedFor : .other
        case 16: ByteScanning.equals(name, "proxy-connection") ? .proxyConnection : .other
        case 17: ByteScanning.equals(name, "transfer-encoding") ? .transferEncoding : .other
        case 29: ByteScanning.equals(name, "access-control-request-method") ? .accessControlRequestMethod : .other
        default: .other
        }
    }

    private static func four(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "host") { return .host }
        return ByteScanning.equals(name, "date") ? .date : .other
    }

    private static func six(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "accept") { return .accept }
        if ByteScanning.equals(name, "cookie") { return .cookie }
        if ByteScanning.equals(name, "origin") { return .origin }
        if ByteScanning.equals(name, "expect") { return .expect }
        if ByteScanning.equals(name, "apikey") { return .apiKey }
        return ByteScanning.equals(name, "server") ? .server : .other
    }

    private static func seven(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "referer") { return .referer }
        if ByteScanning.equals(name, "upgrade") { return .upgrade }
        return ByteScanning.equals(name, "trailer") ? .trailer : .other
    }

    private static func ten(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "connection") { return .connection }
        if ByteScanning.equals(name, "user-agent") { return .userAgent }
        if ByteScanning.equals(name, "activityid") { return .activityID }
        return ByteScanning.equals(name, "keep-alive") ? .keepAlive : .other
    }

    private static func thirteen(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "authorization") { return .authorization }
        return ByteScanning.equals(name, "martlet-trace") ? .trace : .other
    }

    private static func twelve(_ name: UnsafeRawPointer) -> KnownHeader {
        if ByteScanning.equals(name, "content-type") { return .contentType }
        return ByteScanning.equals(name, "internal-key") ? .internalKey : .other
    }
}
