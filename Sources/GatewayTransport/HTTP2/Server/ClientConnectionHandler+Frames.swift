import NIOCore

/// What each kind of frame means to the connection (RFC 9113 §6).
extension ClientConnectionHandler {
    func take(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        let kind = FrameKind(rawValue: header.kind)
        if expectsSettings {
            guard kind == .settings, !header.has(FrameFlag.acknowledgement) else { throw ConnectionFault(.protocolError) }
            expectsSettings = false
        }
        if let partial = fields.partial, kind != .continuation || partial.stream != header.stream {
            throw ConnectionFault(.protocolError)
        }
        switch kind {
        case .data: try takeData(header, payload)
        case .headers: try takeHeaders(header, payload)
        case .continuation: try takeContinuation(header, payload)
        case .priority: try takePriority(header)
        case .reset: try takeReset(header)
        case .settings: try takeSettings(header, payload)
        case .ping: try takePing(header, payload)
        case .windowUpdate: try takeWindowUpdate(header, payload)
        case .goAway: guard header.stream == 0, header.length >= 8 else { throw ConnectionFault(.protocolError) }
        case .pushPromise: throw ConnectionFault(.protocolError)
        // RFC 9113 §5.5: what is not known is ignored.
        case nil: break
        }
        if output.waitingControlFrames > bounds.waitingControlFrames { throw ConnectionFault(.enhanceYourCalm) }
    }

    /// Ends a stream because of the client's mistake, or because there are too many, which is one as soon as it knows how many it may have.
    func refuse(_ stream: UInt32, _ code: FaultCode) throws(ConnectionFault) {
        if code != .refusedStream || knowsSettings { try flood.noteReset(at: loop.now().milliseconds) }
        if let open = streams[stream] {
            open.reset(code)
        } else {
            writeReset(stream, code)
        }
    }

    // MARK: Content

    private func takeData(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        guard hasBegun(header.stream) else { throw ConnectionFault(.protocolError) }
        let content = try Self.withoutPadding(header, payload)
        let endsStream = header.has(.endStream)
        try flood.noteData(isEmpty: content.readableBytes == 0 && !endsStream)
        receiveWindow -= header.length
        guard receiveWindow >= 0 else { throw ConnectionFault(.flowControl) }
        creditConnection()
        guard let stream = streams[header.stream] else { return try noteLate(header.stream) }
        if let code = stream.take(content, windowBytes: header.length, endsStream: endsStream) {
            try refuse(header.stream, code)
        }
    }

    /// A frame of a stream that is over. Where the gateway has reset it, the client may not have heard of that yet.
    private func noteLate(_ stream: UInt32) throws(ConnectionFault) {
        if resetStreams.contains(stream) { return }
        try flood.noteReset(at: loop.now().milliseconds)
        output.writeReset(stream: stream, .streamClosed)
    }

    static func withoutPadding(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) -> ByteBuffer {
        guard header.has(.padded) else { return payload }
        var content = payload
        guard let padding = content.readInteger(as: UInt8.self), Int(padding) <= content.readableBytes else {
            throw ConnectionFault(.protocolError)
        }
        content.moveWriterIndex(to: content.writerIndex - Int(padding))
        return content
    }

    /// Lets the client send more on the connection. What single requests may send is for their streams to say.
    func creditConnection() {
        guard receiveWindow <= bounds.connectionWindow / 2 else { return }
        output.writeWindowUpdate(stream: 0, by: bounds.connectionWindow - receiveWindow)
        receiveWindow = bounds.connectionWindow
    }

    // MARK: Heads

    private func takeHeaders(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        guard header.stream != 0 else { throw ConnectionFault(.protocolError) }
        var block = try Self.withoutPadding(header, payload)
        if header.has(.priority) {
            guard block.readBytes(length: 5) != nil else { throw ConnectionFault(.frameSize) }
        }
        if header.has(.endHeaders) {
            try takeBlock(block, stream: header.stream, endsStream: header.has(.endStream))
        } else {
            fields.begin(block, stream: header.stream, endsStream: header.has(.endStream))
        }
    }

    private func takeContinuation(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        let endsStream = fields.partial?.endsStream ?? false
        guard let block = try fields.add(payload, isLast: header.has(.endHeaders)) else { return }
        try takeBlock(block, stream: header.stream, endsStream: endsStream)
    }

    private func takeBlock(_ block: ByteBuffer, stream number: UInt32, endsStream: Bool) throws(ConnectionFault) {
        let head = try fields.read(block)
        if number > lastStream {
            // RFC 9113 §5.1.1: clients use odd numbers.
            guard number % 2 == 1 else { throw ConnectionFault(.protocolError) }
            if number > lastStream + 2 { noteSkipped(from: lastStream + 1, to: number) }
            lastStream = number
            guard streams.count < bounds.streams else { return try refuse(number, .refusedStream) }
            let stream = makeStream(number)
            streams[number] = stream
            if let code = stream.begin(head, endsStream: endsStream) { try refuse(number, code) }
        } else if let stream = streams[number] {
            if let code = stream.takeTrailers(head, endsStream: endsStream) { try refuse(number, code) }
        } else {
            // RFC 9113 §5.1.1: numbers only grow.
            guard number % 2 == 1, !skippedStreams.contains(where: { $0.contains(number) }) else {
                throw ConnectionFault(.protocolError)
            }
            try noteLate(number)
        }
    }

    /// Whether the client has begun the stream, or passed its number over.
    private func hasBegun(_ stream: UInt32) -> Bool { stream % 2 == 1 && stream <= lastStream }

    private func takePriority(_ header: FrameHeader) throws(ConnectionFault) {
        guard header.stream != 0 else { throw ConnectionFault(.protocolError) }
        try flood.noteControlFrame(at: loop.now().milliseconds)
        if header.length == 5 { return }
        // RFC 9113 §6.4: a stream that was not begun cannot be reset.
        guard hasBegun(header.stream) else { throw ConnectionFault(.frameSize) }
        if streams[header.stream] != nil { try refuse(header.stream, .frameSize) }
    }

    private func takeReset(_ header: FrameHeader) throws(ConnectionFault) {
        guard header.length == 4 else { throw ConnectionFault(.frameSize) }
        guard hasBegun(header.stream) else { throw ConnectionFault(.protocolError) }
        try flood.noteReset(at: loop.now().milliseconds)
        if let stream = streams[header.stream] { drop(stream) }
    }

    // MARK: The connection

    private func takeSettings(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        guard header.stream == 0 else { throw ConnectionFault(.protocolError) }
        if header.has(FrameFlag.acknowledgement) {
            guard header.length == 0 else { throw ConnectionFault(.frameSize) }
            knowsSettings = true
            return
        }
        guard header.length % 6 == 0 else { throw ConnectionFault(.frameSize) }
        try flood.noteControlFrame(at: loop.now().milliseconds)
        var payload = payload
        while let kind = payload.readInteger(as: UInt16.self), let value = payload.readInteger(as: UInt32.self) {
            try apply(SettingKind(rawValue: kind), value)
        }
        output.writeSettingsAnswer()
    }

    private func apply(_ kind: SettingKind?, _ value: UInt32) throws(ConnectionFault) {
        switch kind {
        case .headerTableSize: output.noteTableSize()
        case .enablePush: guard value <= 1 else { throw ConnectionFault(.protocolError) }
        case .initialWindowSize:
            guard value <= UInt32(Int32.max) else { throw ConnectionFault(.flowControl) }
            let difference = output.setInitialStreamWindow(Int(value))
            for stream in streams.values {
                guard stream.widen(by: difference) else { throw ConnectionFault(.flowControl) }
            }
        case .maxFrameSize:
            guard (16_384...16_777_215).contains(value) else { throw ConnectionFault(.protocolError) }
        // Nothing is pushed, and answers' heads are what upstreams make them.
        case .maxConcurrentStreams, .maxHeaderListSize, nil: break
        }
    }

    private func takePing(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        guard header.stream == 0 else { throw ConnectionFault(.protocolError) }
        var payload = payload
        guard header.length == 8, let value = payload.readInteger(as: UInt64.self) else { throw ConnectionFault(.frameSize) }
        if header.has(FrameFlag.acknowledgement) { return clientKnows() }
        try flood.noteControlFrame(at: loop.now().milliseconds)
        output.writePing(value, isAnswer: true)
    }

    private func takeWindowUpdate(_ header: FrameHeader, _ payload: ByteBuffer) throws(ConnectionFault) {
        var payload = payload
        guard header.length == 4, let field = payload.readInteger(as: UInt32.self) else { throw ConnectionFault(.frameSize) }
        let bytes = Int(field & 0x7FFF_FFFF)
        if header.stream == 0 {
            guard bytes > 0 else { throw ConnectionFault(.protocolError) }
            guard output.widen(by: bytes) else { throw ConnectionFault(.flowControl) }
            return
        }
        guard hasBegun(header.stream) else { throw ConnectionFault(.protocolError) }
        guard let stream = streams[header.stream] else { return }
        if bytes == 0 { return try refuse(header.stream, .protocolError) }
        if !stream.widen(by: bytes) { try refuse(header.stream, .flowControl) }
    }
}
