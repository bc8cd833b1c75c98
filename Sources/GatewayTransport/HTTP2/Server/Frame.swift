/// The first nine bytes of a frame (RFC 9113 §4.1).
struct FrameHeader {
    static let byteCount = 9
    /// The longest payload that is taken and sent: what every peer takes (RFC 9113 §4.2).
    static let longestPayload = 16_384

    var length: Int
    /// A raw value of ``FrameKind``, or of a kind that is not known.
    var kind: UInt8
    var flags: UInt8
    var stream: UInt32

    init(_ kind: FrameKind, flags: UInt8 = 0, stream: UInt32, length: Int) {
        self.kind = kind.rawValue
        self.flags = flags
        self.stream = stream
        self.length = length
    }

    /// - Parameter bytes: at least ``byteCount``.
    init(reading bytes: UnsafeRawBufferPointer) {
        let start = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        length = Int(start >> 8)
        kind = UInt8(truncatingIfNeeded: start)
        flags = bytes[4]
        stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self)) & 0x7FFF_FFFF
    }

    /// Writes the header to the first ``byteCount`` bytes.
    func write(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: (UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind)).bigEndian, as: UInt32.self)
        target.storeBytes(of: flags, toByteOffset: 4, as: UInt8.self)
        target.storeBytes(of: stream.bigEndian, toByteOffset: 5, as: UInt32.self)
    }

    func has(_ flag: FrameFlag) -> Bool { flags & flag.rawValue != 0 }
}

/// The kinds of frames of RFC 9113 §6.
enum FrameKind: UInt8 {
    case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
}

/// The flags of RFC 9113 §6.
enum FrameFlag: UInt8 {
    /// DATA and HEADERS: the stream ends with this frame.
    case endStream = 0x1
    case endHeaders = 0x4
    case padded = 0x8
    case priority = 0x20

    /// SETTINGS and PING.
    static let acknowledgement = endStream
}

/// The settings of RFC 9113 §6.5.2.
enum SettingKind: UInt16 {
    case headerTableSize = 1
    case enablePush, maxConcurrentStreams, initialWindowSize, maxFrameSize, maxHeaderListSize
}

/// A mistake of the peer that ends the connection (RFC 9113 §5.4.1).
struct ConnectionFault: Error {
    var code: FaultCode

    init(_ code: FaultCode) { self.code = code }
}

/// Why a stream or a connection ends (RFC 9113 §7).
enum FaultCode: UInt32 {
    case noError, protocolError, internalError, flowControl, settingsTimeout, streamClosed, frameSize, refusedStream, cancel
    case compression, connect, enhanceYourCalm
}
