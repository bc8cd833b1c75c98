import GatewayCore
import NIOCore
import NIOHPACK

/// One stream of an HTTP/2 connection. It looks like a connection of HTTP/1.1 to its ``ProxyConnection``, so that requests of both versions
/// take the same way; when a request has come to its end, the object serves another stream.
///
/// The stream's flow control is the back-pressure: a request that is not read gives the client no new window.
final class ClientStream: ProxyClient {
    /// What follows the content that waits.
    private enum Ending {
        /// More content, or nothing that is known yet.
        case open
        /// Nothing: the last frame of content ends the stream.
        case content
        case trailers([UInt8])
    }

    private let server: ClientConnectionHandler
    private(set) var number: UInt32 = 0

    // The request.
    private var request = RequestText()
    private var hasEndedRequest = false
    /// Bytes of content that the client may still send.
    private var receiveWindow = 0
    private var isReadingRequest = true

    // The answer.
    /// Present once the request's head has come.
    private var answer: ResponseReader?
    /// Whether the answer is complete, though perhaps not sent.
    private var hasEndedAnswer = false
    /// Whether the end of the stream, or its reset, is on its way to the client.
    private var isOver = false
    private var wasReset = false
    /// Bytes of content that the client takes.
    private var sendWindow = 0
    /// Content that the client does not take yet.
    private var unsent = ByteBuffer()
    private var ending = Ending.open
    private var isBlocked = false
    private var isFull = false
    private var closesOutputWhenSent = false

    /// Unsent content at which the upstream is not read any more, and at which it is again.
    private static let (highWatermark, lowWatermark) = (64 * 1024, 32 * 1024)

    init(connection server: ClientConnectionHandler) {
        self.server = server
        let loop = server.loop
        super.init(
            loop: loop, connection: ProxyConnection(context: loop.context, facts: server.facts, at: loop.now()))
    }

    /// Makes this the stream of that number; what was of another one is forgotten.
    func prepare(_ number: UInt32, sendWindow: Int) {
        self.number = number
        self.sendWindow = sendWindow
        let bound = server.bounds.streamWindow
        receiveWindow = server.knowsSettings ? bound : max(bound, 65_535)
        request = RequestText()
        answer = nil
        (hasEndedRequest, hasEndedAnswer, isOver, wasReset) = (false, false, false, false)
        (isBlocked, isFull, closesOutputWhenSent) = (false, false, false)
        ending = .open
    }

    /// Whether the object may serve another stream.
    var isReusable: Bool { !wasReset && isAtRest && unsent.readableBytes == 0 }

    // MARK: The request

    /// Takes the head of the request; answers why it is refused, if it is.
    func begin(_ fields: HPACKHeaders, endsStream: Bool) -> FaultCode? {
        hasEndedRequest = endsStream
        guard enter() else { return .refusedStream }
        loop.requestText.clear()
        guard request.appendHead(fields, endsStream: endsStream, to: &loop.requestText) else { return .protocolError }
        answer = ResponseReader(isHeadRequest: request.isHeadRequest, limits: loop.settings.limits)
        receive(loop.requestText)
        return nil
    }

    /// Takes content; answers why it is refused, if it is.
    func take(_ content: ByteBuffer, windowBytes: Int, endsStream: Bool) -> FaultCode? {
        if isOver, wasReset { return nil }
        guard !hasEndedRequest else { return .streamClosed }
        receiveWindow -= windowBytes
        guard receiveWindow >= 0 else { return .flowControl }
        guard request.take(content.readableBytes, endsStream: endsStream) else { return .protocolError }
        hasEndedRequest = endsStream
        let framed = request.framed(content, endsStream: endsStream, server.allocator)
        if framed.readableBytes > 0 { receive(framed) }
        requestMayHaveEnded()
        return nil
    }

    /// Takes the trailers of the request; answers why they are refused, if they are.
    func takeTrailers(_ fields: HPACKHeaders, endsStream: Bool) -> FaultCode? {
        if isOver, wasReset { return nil }
        guard !hasEndedRequest else { return .streamClosed }
        guard endsStream, request.take(0, endsStream: true), let end = request.end(fields, server.allocator) else {
            return .protocolError
        }
        hasEndedRequest = true
        if end.readableBytes > 0 { receive(end) }
        requestMayHaveEnded()
        return nil
    }

    private func requestMayHaveEnded() {
        if hasEndedRequest { finishIfOver() } else if isReadingRequest { credit() }
    }

    override func applyReading(_ isReading: Bool) {
        isReadingRequest = isReading
        if isReading { credit() }
    }

    /// Lets the client send more.
    private func credit() {
        let bound = server.bounds.streamWindow
        guard !hasEndedRequest, !isOver, receiveWindow <= bound / 2 else { return }
        server.output.writeWindowUpdate(stream: number, by: bound - receiveWindow)
        receiveWindow = bound
        server.scheduleFlush()
    }

    // MARK: The answer

    override func transmit(_ scratch: OutputBuffer, _ buffer: ByteBuffer, _ range: Range<Int>) {
        pass(scratch.bytes)
        scratch.removeAll()
        if !range.isEmpty { buffer.withUnsafeReadableBytes { pass(UnsafeRawBufferPointer(rebasing: $0[range])) } }
        server.scheduleFlush()
        if !isFull, unsent.readableBytes > Self.highWatermark {
            isFull = true
            writabilityChanged(false)
        }
    }

    private func pass(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while !hasEndedAnswer, let part = answer?.next(in: bytes, from: &offset) {
            switch part {
            case .interim, .final: writeHead(isFinal: part == .final)
            case .body(.data(let range)):
                write(UnsafeRawBufferPointer(rebasing: bytes[range]), isLast: answer?.body?.isAtEnd ?? false)
            case .body(.end): endAnswer()
            case .body(.needsMore): return
            case .body(.broken): return reset(.internalError)
            }
        }
    }

    private func writeHead(isFinal: Bool) {
        guard let answer else { return }
        let head = answer.head
        let isLast = isFinal && answer.isDone
        let room = FieldBlockWriter.room(forBytes: head.byteCount, fields: head.fields.count)
        server.output.writeFields(stream: number, endsStream: isLast, room: room) { writer in
            writer.write(status: head.status)
            for field in head.fields where field.known == .contentLength || !FieldRules.isHopByHop(field.known) {
                writer.write(head.bytes(field.name), head.bytes(field.value), field.known)
            }
        }
        if isLast {
            hasEndedAnswer = true
            over()
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        if isLast {
            hasEndedAnswer = true
            ending = .content
        }
        var taken = 0
        if unsent.readableBytes == 0 {
            taken = server.output.writeData(bytes, stream: number, window: &sendWindow, endsStream: isLast)
            if taken == bytes.count { return isLast ? over() : () }
        }
        unsent.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
        block()
    }

    private func endAnswer() {
        hasEndedAnswer = true
        let trailers = Self.trailers(of: answer?.body)
        if unsent.readableBytes > 0 {
            ending = trailers.isEmpty ? .content : .trailers(trailers)
        } else {
            writeEnd(trailers)
        }
    }

    private func writeEnd(_ trailers: [UInt8]) {
        if trailers.isEmpty {
            server.output.writeEnd(stream: number)
        } else {
            server.output.writeFields(stream: number, endsStream: true, room: trailers.count) { $0.write(block: trailers) }
        }
        over()
    }

    /// The trailers of an answer as a block of fields; empty for none.
    private static func trailers(of body: BodyReader?) -> [UInt8] {
        var room = 0
        body?.forEachTrailer { room += FieldBlockWriter.room(forBytes: $0.count + $1.count, fields: 1) }
        guard room > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: room) { target, count in
            guard let base = target.baseAddress else { return }
            var writer = FieldBlockWriter(at: UnsafeMutableRawPointer(base))
            body?.forEachTrailer { writer.write($0, $1, .other) }
            count = writer.end - UnsafeMutableRawPointer(base)
        }
    }

    // MARK: Waiting for the client

    private func block() {
        guard !isBlocked else { return }
        isBlocked = true
        server.output.block(number)
    }

    /// The client takes more content, or less; false if more than can be.
    func widen(by bytes: Int) -> Bool {
        sendWindow += bytes
        return sendWindow <= Int(Int32.max)
    }

    /// Sends what waits, as far as the client takes it.
    func goOn() {
        isBlocked = false
        guard unsent.readableBytes > 0, !isOver else { return }
        let isLast = if case .content = ending { true } else { false }
        let taken = unsent.withUnsafeReadableBytes {
            server.output.writeData($0, stream: number, window: &sendWindow, endsStream: isLast)
        }
        unsent.moveReaderIndex(forwardBy: taken)
        if unsent.readableBytes > 0 {
            block()
        } else {
            unsent = ByteBuffer()
            sentAll()
        }
        if isFull, unsent.readableBytes < Self.lowWatermark {
            isFull = false
            writabilityChanged(true)
        }
    }

    private func sentAll() {
        switch ending {
        case .open: break
        case .content: over()
        case .trailers(let trailers): writeEnd(trailers)
        }
        if closesOutputWhenSent { tellOutputClosed() }
    }

    // MARK: Ending

    /// The end of an answer is a frame, so closing the sending half only says that nothing follows: an answer that ought to go on is cut.
    override func closeOutput() {
        if !hasEndedAnswer {
            if answer?.endsWithConnection ?? false { endAnswer() } else { reset(.internalError) }
        }
        if unsent.readableBytes > 0 { closesOutputWhenSent = true } else { tellOutputClosed() }
    }

    /// Not at once: the event at hand comes to its end before.
    private func tellOutputClosed() {
        loop.flushes.add { [self, number] in
            if number == self.number, isPresent { outputClosed() }
        }
    }

    /// Ends the stream. A client that still sends is told to stop, and that its answer is complete (RFC 9113 §8.1).
    override func close() {
        guard !isOver || !hasEndedRequest else { return }
        reset(hasEndedAnswer && unsent.readableBytes == 0 ? .noError : answer == nil ? .refusedStream : .internalError)
    }

    /// Ends the stream at once.
    func reset(_ code: FaultCode) {
        guard !wasReset else { return }
        wasReset = true
        hasEndedAnswer = true
        isOver = true
        unsent = ByteBuffer()
        server.writeReset(number, code)
        server.finish(self)
    }

    /// The end of the stream is on its way.
    private func over() {
        isOver = true
        finishIfOver()
    }

    private func finishIfOver() {
        if isOver, hasEndedRequest, !wasReset { server.finish(self) }
    }
}
