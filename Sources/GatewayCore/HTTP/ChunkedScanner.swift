/// Follows a chunked body (RFC 9112 §7.1) byte by byte without taking it apart: the bytes are passed on as they are, so what passes
/// here must mean the same to every reader. Sizes are plain hexadecimal, lines end in CR LF, extensions and trailers are bounded
/// and free of control characters. Trailers of requests that would say something about framing, way or sender are refused: it cannot be
/// known which upstream would believe them.
struct ChunkedScanner {
    enum State {
        case sizeStart, size, chunkExtension, sizeEnd, data, dataReturn, dataEnd, lineStart, name, line, lineEnd, lastEnd, done,
            broken
    }

    private(set) var state = State.sizeStart
    /// Bytes of the chunk that are still to come, or the size as far as it was read.
    private var remaining: Int64 = 0
    private var lineBytes = 0
    private var trailerBytes = 0
    private var trailerName = TrailerName()
    /// Bytes of data so far, without the coding.
    private(set) var dataBytes: Int64 = 0
    private let lineLimit: Int
    private let trailerLimit: Int
    private let isRequest: Bool

    init(limits: WireLimits, isRequest: Bool = false) {
        self.isRequest = isRequest
        lineLimit = limits.chunkLineBytes
        trailerLimit = limits.trailerBytes
    }

    /// Takes bytes up to the end of the body and answers how many; look at ``state`` for `done` and `broken`.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, onData: ((UnsafeRawBufferPointer) -> Void)? = nil) -> Int {
        var index = 0
        while index < bytes.count, state != .done, state != .broken {
            if state == .data {
                let taken = Int(min(remaining, Int64(bytes.count - index)))
                onData?(UnsafeRawBufferPointer(rebasing: bytes[index..<index + taken]))
                remaining -= Int64(taken)
                dataBytes += Int64(taken)
                index += taken
                if remaining == 0 { state = .dataReturn }
            } else {
                step(bytes[index])
                index += 1
            }
        }
        return index
    }

    /// Takes bytes from `index` on up to the end of the next run of data, whose place it answers; `nil` at the end of the bytes or of
    /// the body. Trailer lines, with the empty line behind them, are added to `trailers`.
    mutating func nextData(
        in bytes: UnsafeRawBufferPointer, from index: inout Int, trailers: inout [UInt8]
    ) -> Range<Int>? {
        while index < bytes.count, state != .done, state != .broken {
            if state == .data {
                let start = index
                let taken = Int(min(remaining, Int64(bytes.count - start)))
                remaining -= Int64(taken)
                dataBytes += Int64(taken)
                index += taken
                if remaining == 0 { state = .dataReturn }
                return start..<index
            }
            if isInTrailers { trailers.append(bytes[index]) }
            step(bytes[index])
            index += 1
        }
        return nil
    }

    private var isInTrailers: Bool {
        switch state {
        case .lineStart, .name, .line, .lineEnd, .lastEnd: true
        default: false
        }
    }

    private mutating func step(_ byte: UInt8) {
        switch state {
        case .sizeStart, .size, .chunkExtension, .sizeEnd: stepSize(byte)
        case .dataReturn: state = byte == ByteScanning.carriageReturn ? .dataEnd : .broken
        case .dataEnd:
            lineBytes = 0
            state = byte == ByteScanning.lineFeed ? .sizeStart : .broken
        case .lineStart, .name, .line, .lineEnd, .lastEnd: stepTrailer(byte)
        case .data, .done, .broken: break
        }
    }

    private mutating func stepSize(_ byte: UInt8) {
        lineBytes += 1
        guard lineBytes <= lineLimit else { return state = .broken }
        switch state {
        case .sizeStart, .size:
            if let digit = hexadecimal(byte) {
                // 15 digits are the most that cannot overflow, and more than any body.
                guard lineBytes <= 15 else { return state = .broken }
                remaining = (state == .sizeStart ? 0 : remaining << 4) | Int64(digit)
                state = .size
            } else if state == .size, byte == 0x3B || byte == ByteScanning.space || byte == ByteScanning.tab {
                state = .chunkExtension
            } else {
                state = state == .size && byte == ByteScanning.carriageReturn ? .sizeEnd : .broken
            }
        case .chunkExtension:
            if byte == ByteScanning.carriageReturn { state = .sizeEnd } else if !isText(byte) { state = .broken }
        default:
            guard byte == ByteScanning.lineFeed else { return state = .broken }
            state = remaining == 0 ? .lineStart : .data
        }
    }

    private mutating func stepTrailer(_ byte: UInt8) {
        trailerBytes += 1
        guard trailerBytes <= trailerLimit else { return state = .broken }
        switch state {
        case .lineStart:
            if byte == ByteScanning.carriageReturn { return state = .lastEnd }
            trailerName = TrailerName()
            stepName(byte)
        case .name: stepName(byte)
        case .line:
            if byte == ByteScanning.carriageReturn { state = .lineEnd } else if !isText(byte) { state = .broken }
        case .lineEnd: state = byte == ByteScanning.lineFeed ? .lineStart : .broken
        default: state = byte == ByteScanning.lineFeed ? .done : .broken
        }
    }

    private mutating func stepName(_ byte: UInt8) {
        if state == .name, byte == ByteScanning.colon {
            state = isRequest && trailerName.isForbidden ? .broken : .line
        } else {
            state = ByteScanning.isToken(byte) ? .name : .broken
            trailerName.append(byte)
        }
    }

    private func isText(_ byte: UInt8) -> Bool { byte >= ByteScanning.space && byte != 0x7F || byte == ByteScanning.tab }

    private func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
