import GatewayCore
import NIOCore

/// The frames that a connection is about to send, and what the client takes.
struct HTTP2Output {
    /// Frames that are not sent yet.
    private(set) var frames = ByteBuffer()
    /// Bytes of content that the client takes on the connection.
    private(set) var window = 65_535
    /// The same for a stream that begins.
    private(set) var initialStreamWindow = 65_535
    /// Whether the socket takes no more for the time being.
    var isBlocked = false { didSet { if !isBlocked { waitingControlFrames = 0 } } }
    /// Control frames since the socket takes no more.
    private(set) var waitingControlFrames = 0
    /// Whether the client has to hear that the table of fields stays empty.
    private var owesTableSize = false
    /// Streams with content that could not be sent, in the order in which they are to go on.
    private var blockedStreams: [UInt32] = []

    /// Content beyond this waits with its stream.
    private static let mostBytes = 256 * 1024
    /// Whether some content did not fit.
    private var wasFull = false
    /// Memory that is kept when everything is sent.
    private static let keptBytes = 64 * 1024

    /// Everything is with the channel. Answers whether content waits that there was no place for.
    mutating func sent() -> Bool {
        if frames.capacity > Self.keptBytes { frames = ByteBuffer() } else { frames.clear() }
        defer { wasFull = false }
        return wasFull
    }

    // MARK: Windows

    /// The client takes more content on the connection; false if that is more than can be.
    mutating func widen(by bytes: Int) -> Bool {
        window += bytes
        return window <= Int(Int32.max)
    }

    /// Sets the window of streams that begin, and answers the difference.
    mutating func setInitialStreamWindow(_ bytes: Int) -> Int {
        defer { initialStreamWindow = bytes }
        return bytes - initialStreamWindow
    }

    mutating func noteTableSize() { owesTableSize = true }

    // MARK: Blocked streams

    mutating func block(_ stream: UInt32) { blockedStreams.append(stream) }

    mutating func takeBlockedStreams() -> [UInt32] {
        guard !blockedStreams.isEmpty else { return [] }
        defer { blockedStreams.removeAll() }
        return blockedStreams
    }

    // MARK: Frames of streams

    /// Writes content as far as client and socket take it, and answers how much that was. The stream's own window is narrowed.
    mutating func writeData(
        _ bytes: UnsafeRawBufferPointer, stream: UInt32, window streamWindow: inout Int, endsStream: Bool
    ) -> Int {
        var taken = 0
        while taken < bytes.count {
            if isBlocked { break }
            if frames.readableBytes >= Self.mostBytes {
                wasFull = true
                break
            }
            let count = min(bytes.count - taken, FrameHeader.longestPayload, window, streamWindow)
            if count <= 0 { break }
            let isLast = endsStream && taken + count == bytes.count
            let header = FrameHeader(
                .data, flags: isLast ? FrameFlag.endStream.rawValue : 0, stream: stream, length: count)
            write(header, UnsafeRawBufferPointer(rebasing: bytes[taken..<(taken + count)]))
            window -= count
            streamWindow -= count
            taken += count
        }
        return taken
    }

    /// Ends a stream with an empty frame of data.
    mutating func writeEnd(stream: UInt32) {
        write(FrameHeader(.data, flags: FrameFlag.endStream.rawValue, stream: stream, length: 0))
    }

    /// Writes a block of fields that takes at most `room` bytes, in as many frames as it needs.
    mutating func writeFields(stream: UInt32, endsStream: Bool, room: Int, _ body: (inout FieldBlockWriter) -> Void) {
        let start = frames.writerIndex
        var length = 0
        let announcesTableSize = owesTableSize
        owesTableSize = false
        frames.writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.byteCount + room + 1) { target in
            guard let base = target.baseAddress else { return 0 }
            var writer = FieldBlockWriter(at: base + FrameHeader.byteCount)
            if announcesTableSize { writer.writeTableSize() }
            body(&writer)
            length = writer.end - base - FrameHeader.byteCount
            let flags = FrameFlag.endHeaders.rawValue | (endsStream ? FrameFlag.endStream.rawValue : 0)
            FrameHeader(.headers, flags: flags, stream: stream, length: length).write(to: base)
            return FrameHeader.byteCount + length
        }
        if length > FrameHeader.longestPayload { split(at: start, length: length, stream: stream, endsStream: endsStream) }
    }

    /// Cuts a block of fields that is too long for one frame.
    private mutating func split(at start: Int, length: Int, stream: UInt32, endsStream: Bool) {
        let block = frames.getBytes(at: start + FrameHeader.byteCount, length: length) ?? []
        frames.moveWriterIndex(to: start)
        var rest = block[...]
        while !rest.isEmpty {
            let piece = rest.prefix(FrameHeader.longestPayload)
            let isFirst = rest.startIndex == 0
            rest = rest.dropFirst(piece.count)
            let flags =
                (rest.isEmpty ? FrameFlag.endHeaders.rawValue : 0) | (isFirst && endsStream ? FrameFlag.endStream.rawValue : 0)
            let header = FrameHeader(isFirst ? .headers : .continuation, flags: flags, stream: stream, length: piece.count)
            piece.withUnsafeBytes { write(header, $0) }
        }
    }

    // MARK: Control frames

    mutating func writeSettings(_ bounds: HTTP2Bounds, headerListBytes: Int) {
        let settings: [(SettingKind, Int)] = [
            (.maxConcurrentStreams, bounds.streams), (.initialWindowSize, bounds.streamWindow),
            (.maxHeaderListSize, headerListBytes),
        ]
        write(FrameHeader(.settings, stream: 0, length: settings.count * 6))
        for (kind, value) in settings {
            frames.writeInteger(kind.rawValue)
            frames.writeInteger(UInt32(truncatingIfNeeded: value))
        }
    }

    mutating func writeSettingsAnswer() {
        control(FrameHeader(.settings, flags: FrameFlag.acknowledgement.rawValue, stream: 0, length: 0))
    }

    mutating func writePing(_ value: UInt64, isAnswer: Bool) {
        control(FrameHeader(.ping, flags: isAnswer ? FrameFlag.acknowledgement.rawValue : 0, stream: 0, length: 8))
        frames.writeInteger(value)
    }

    mutating func writeReset(stream: UInt32, _ code: FaultCode) {
        control(FrameHeader(.reset, stream: stream, length: 4))
        frames.writeInteger(code.rawValue)
    }

    mutating func writeWindowUpdate(stream: UInt32, by bytes: Int) {
        control(FrameHeader(.windowUpdate, stream: stream, length: 4))
        frames.writeInteger(UInt32(truncatingIfNeeded: bytes))
    }

    mutating func writeGoAway(lastStream: UInt32, _ code: FaultCode) {
        control(FrameHeader(.goAway, stream: 0, length: 8))
        frames.writeInteger(lastStream)
        frames.writeInteger(code.rawValue)
    }

    private mutating func control(_ header: FrameHeader) {
        if isBlocked { waitingControlFrames += 1 }
        write(header)
    }

    private mutating func write(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer = .init(start: nil, count: 0)) {
        let count = FrameHeader.byteCount + payload.count
        frames.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            guard let base = target.baseAddress else { return 0 }
            header.write(to: base)
            if let start = payload.baseAddress {
                (base + FrameHeader.byteCount).copyMemory(from: start, byteCount: payload.count)
            }
            return count
        }
    }
}
