import NIOCore

/// Sends what streams have written when the event at hand is dealt with, for all streams of a loop at once.
///
/// Flushing a stream can bring events of other streams of its connection at once. They must not come while the loop's scratch buffers hold
/// bytes of the one at hand; and what many streams have written goes out in one piece.
final class StreamFlushes {
    private let eventLoop: any EventLoop
    private var waiting: [() -> Void] = []
    private var connections: [FlushGate] = []
    private var isScheduled = false
    fileprivate private(set) var isRunning = false

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs `work` after the event at hand.
    func add(_ work: @escaping () -> Void) {
        waiting.append(work)
        guard !isScheduled else { return }
        isScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.run() }
    }

    fileprivate func add(_ connection: FlushGate) { connections.append(connection) }

    private func run() {
        isScheduled = false
        isRunning = true
        let all = waiting
        waiting.removeAll(keepingCapacity: true)
        for work in all { work() }
        isRunning = false
        let gates = connections
        connections.removeAll(keepingCapacity: true)
        for gate in gates { gate.open() }
    }
}

/// Between the frames of a connection and its socket: holds flushes back while streams are flushed one after the other.
final class FlushGate: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let flushes: StreamFlushes
    private var context: ChannelHandlerContext?
    private var isWaiting = false

    init(_ flushes: StreamFlushes) { self.flushes = flushes }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func flush(context: ChannelHandlerContext) {
        guard flushes.isRunning else { return context.flush() }
        if !isWaiting {
            isWaiting = true
            flushes.add(self)
        }
    }

    fileprivate func open() {
        isWaiting = false
        context?.flush()
    }
}
