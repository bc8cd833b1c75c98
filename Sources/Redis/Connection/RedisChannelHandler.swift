import NIOCore

/// Pairs answers with the commands that they belong to. Confined to its channel's event loop.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Completion = (Result<[RESPValue], RedisError>) -> Void

    private struct Pending {
        var missing: Int
        var answers: [RESPValue] = []
        let deadline: NIODeadline
        let completion: Completion
    }

    private var parser = RESPParser()
    private var pending: [Pending] = []
    private var failure: RedisError?
    private var context: ChannelHandlerContext?
    /// Called once when the connection has ended.
    var ended: ((RedisError) -> Void)?

    /// Number of batches without all their answers.
    var pendingCount: Int { pending.count }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends commands; `completion` gets all their answers, errors among them, or why there are none.
    func send(_ commands: RedisCommands, deadline: NIODeadline, completion: @escaping Completion) {
        if let failure { return completion(.failure(failure)) }
        guard let context, commands.count > 0 else { return completion(.success([])) }
        pending.append(Pending(missing: commands.count, deadline: deadline, completion: completion))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: commands.bytes)), promise: nil)
    }

    /// Ends the connection if the oldest batch has waited too long.
    func checkDeadline(_ now: NIODeadline) {
        if let first = pending.first, first.deadline <= now { fail(.timedOut) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data).readableBytesView)
        do throws(RESPFault) {
            while failure == nil, let value = try parser.next() { take(value) }
        } catch {
            fail(.malformed(error.reason))
        }
    }

    private func take(_ value: RESPValue) {
        guard !pending.isEmpty else { return fail(.malformed("an answer that nobody asked for")) }
        pending[0].answers.append(value)
        pending[0].missing -= 1
        guard pending[0].missing == 0 else { return }
        let done = pending.removeFirst()
        done.completion(.success(done.answers))
    }

    func channelInactive(context: ChannelHandlerContext) { fail(.closed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(.unreachable(address: "it", reason: "\(error)")) }

    /// Ends the connection; whoever waits learns why.
    func fail(_ error: RedisError) {
        guard failure == nil else { return }
        failure = error
        let waiting = pending
        pending.removeAll()
        for batch in waiting { batch.completion(.failure(error)) }
        context?.close(promise: nil)
        ended?(error)
        ended = nil
    }
}
