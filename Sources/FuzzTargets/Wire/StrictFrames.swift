import NIOCore
import NIOHPACK

/// What a gateway sends on an HTTP/2 connection, read as RFC 9113 has it, and not more kindly. Shares no code with what writes it.
struct StrictFrames {
    private enum Stage {
        case open
        /// The head of the final answer has come.
        case answered
        case ended
        case reset
    }

    private struct Stream {
        var stage = Stage.open
        /// Bytes of content so far.
        var content = 0
        /// What the head says.
        var length: Int?
    }

    private let client: ClientFrames
    private var unread: [UInt8] = []
    private var streams: [UInt32: Stream] = [:]
    private var content = 0
    private var hasSettings = false
    private var hasFailed = false
    /// A block of fields whose last piece has not come.
    private var block: (stream: UInt32, endsStream: Bool, bytes: [UInt8])?
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

    /// - Parameter client: everything that the client sends.
    init(to client: [UInt8]) { self.client = ClientFrames(client) }

    mutating func read(_ bytes: [UInt8]) throws(FuzzFinding) {
        unread += bytes
        while unread.count >= 9 {
            let length = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
            try FuzzFinding.require(length <= 16_384, "a frame longer than every client takes")
            guard unread.count >= 9 + length else { return }
            let stream = unread[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            try take(kind: unread[3], flags: unread[4], stream: stream, Array(unread[9..<(9 + length)]))
            unread.removeFirst(9 + length)
        }
    }

    private mutating func take(kind: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) throws(FuzzFinding) {
        try FuzzFinding.require(!hasFailed, "a frame after the connection's fault")
        try FuzzFinding.require(hasSettings || kind == 4 && flags == 0, "settings are not the first frame")
        hasSettings = true
        try FuzzFinding.require(block == nil || kind == 9 && block?.stream == stream, "a frame amid a block of fields")
        switch kind {
        case 0: try takeContent(flags, stream, payload)
        case 1:
            try FuzzFinding.require(flags & ~0x05 == 0, "flags of a head that are not expected")
            block = (stream, flags & 1 != 0, payload)
            if flags & 4 != 0 { try takeBlock() }
        case 9:
            try FuzzFinding.require(block != nil, "a continuation of nothing")
            block?.bytes += payload
            if flags & 4 != 0 { try takeBlock() }
        case 3:
            try FuzzFinding.require(payload.count == 4 && stream != 0, "a malformed reset")
            streams[stream, default: Stream()].stage = .reset
        case 4: try FuzzFinding.require(stream == 0 && payload.count % 6 == 0, "malformed settings")
        case 6: try FuzzFinding.require(stream == 0 && payload.count == 8, "a malformed ping")
        case 7:
            try FuzzFinding.require(stream == 0 && payload.count >= 8, "a malformed goodbye")
            hasFailed = payload[4..<8] != [0, 0, 0, 0]
        case 8:
            let grows = payload.reduce(0) { $0 << 8 | Int($1) }
            try FuzzFinding.require(payload.count == 4 && (1...0x7FFF_FFFF).contains(grows), "a malformed window update")
        default: throw FuzzFinding("a frame that no server sends: \(kind)")
        }
    }

    private mutating func takeContent(_ flags: UInt8, _ number: UInt32, _ payload: [UInt8]) throws(FuzzFinding) {
        var stream = streams[number] ?? Stream()
        try FuzzFinding.require(flags & ~1 == 0, "flags of content that are not expected")
        try FuzzFinding.require(stream.stage == .answered, "content of a stream that has no head, or has ended")
        stream.content += payload.count
        content += payload.count
        try FuzzFinding.require(content <= client.window, "more content than the connection's window allows")
        try FuzzFinding.require(stream.content <= client.window(of: number), "more content than a stream's window allows")
        if flags & 1 != 0 { try end(&stream) }
        streams[number] = stream
    }

    private mutating func takeBlock() throws(FuzzFinding) {
        guard let (number, endsStream, bytes) = block else { return }
        block = nil
        var stream = streams[number] ?? Stream()
        try FuzzFinding.require(client.opened.contains(number), "an answer on a stream that the client has not opened")
        try FuzzFinding.require(stream.stage == .open || stream.stage == .answered, "a head of a stream that has ended")
        let fields = try decode(bytes)
        if stream.stage == .answered {
            try FuzzFinding.require(endsStream, "trailers that do not end their stream")
            try FuzzFinding.require(!fields.contains { $0.name.hasPrefix(":") }, "trailers with a pseudo-header field")
        } else {
            try FuzzFinding.require(fields.first?.name == ":status", "a head without status")
            try FuzzFinding.require(
                !fields.dropFirst().contains { $0.name.hasPrefix(":") }, "more pseudo-header fields than the status")
            let status = fields.first.flatMap { Int($0.value) } ?? 0
            try FuzzFinding.require((100...599).contains(status) && status != 101, "a status that is none")
            if status >= 200 { stream.stage = .answered }
            stream.length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        }
        if endsStream { try end(&stream) }
        streams[number] = stream
    }

    private mutating func decode(_ bytes: [UInt8]) throws(FuzzFinding) -> [(name: String, value: String)] {
        var buffer = ByteBuffer(bytes: bytes)
        guard let fields = try? decoder.decodeHeaders(from: &buffer) else {
            throw FuzzFinding("a block of fields that cannot be read")
        }
        for (name, value, _) in fields {
            try FuzzFinding.require(name == name.lowercased() && !name.isEmpty, "a name that is not in small letters")
            let ofConnection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
            try FuzzFinding.require(!ofConnection.contains(name), "a field of the connection")
            try FuzzFinding.require(!value.utf8.contains { [0, 10, 13].contains($0) }, "a value with a line end")
        }
        return fields.map { ($0.name, $0.value) }
    }

    private func end(_ stream: inout Stream) throws(FuzzFinding) {
        try FuzzFinding.require(stream.stage == .answered, "the end of a stream without an answer")
        // The answer to HEAD tells a length and has no content.
        let isWhole = stream.length == nil || stream.content == 0 || stream.length == stream.content
        try FuzzFinding.require(isWhole, "an answer that is not as long as it says")
        stream.stage = .ended
    }
}

/// What a client's frames allow, at the most.
private struct ClientFrames {
    private(set) var opened: Set<UInt32> = []
    /// Bytes of content on the connection.
    private(set) var window = 65_535
    private var initialWindow = 65_535
    private var windows: [UInt32: Int] = [:]

    func window(of stream: UInt32) -> Int { initialWindow + (windows[stream] ?? 0) }

    init(_ bytes: [UInt8]) {
        var rest = bytes.dropFirst(24)
        var largest = -1
        var isFirst = true
        while rest.count >= 9 {
            let header = Array(rest.prefix(9))
            let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            let stream = header[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            let payload = Array(rest.dropFirst(9).prefix(length))
            rest = rest.dropFirst(9 + length)
            switch header[3] {
            case 1: opened.insert(stream)
            case 4: largest = max(largest, Self.window(in: payload) ?? (isFirst ? 65_535 : -1))
            case 8:
                let grows = payload.reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
                if stream == 0 { window += grows } else { windows[stream, default: 0] += grows }
            default: break
            }
            isFirst = false
        }
        if largest >= 0 { initialWindow = largest }
    }

    /// The window of streams that settings tell last.
    private static func window(in settings: [UInt8]) -> Int? {
        var found: Int?
        for start in stride(from: 0, to: settings.count - 5, by: 6) where settings[start] == 0 && settings[start + 1] == 4 {
            found = max(found ?? 0, settings[(start + 2)..<(start + 6)].reduce(0) { $0 << 8 | Int($1) })
        }
        return found
    }
}
