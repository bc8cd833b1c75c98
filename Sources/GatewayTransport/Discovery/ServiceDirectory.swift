import Model
import NIOCore
import NIOPosix

/// Finds services by their SRV records (RFC 2782), and remembers them as long as the records say. Confined to its loop.
final class ServiceDirectory {
    private struct Entry {
        var records: [ServiceRecord]
        /// On the monotonic clock, in milliseconds.
        var expires: Int64
    }

    /// Bounds for what records may say of their own life, in seconds: nobody is asked for every request, and a mistake is over in an hour.
    private static let lifetimes: ClosedRange<Int64> = 1...3600
    /// How long it is remembered that there was no answer.
    private static let failureMilliseconds: Int64 = 1_000
    private static let capacity = 1_000

    private let eventLoop: any EventLoop
    private let servers: [SocketAddress]
    private var entries: [String: Entry] = [:]
    private var waiting: [String: [([ServiceRecord]) -> Void]] = [:]
    private var random = SystemRandomNumberGenerator()

    /// - Parameter servers: name servers in the order in which they are asked.
    init(eventLoop: any EventLoop, servers: [SocketAddress]) {
        self.eventLoop = eventLoop
        self.servers = servers
    }

    /// Calls back, on the loop, with one of the places of a service, or with none. Unwell places are chosen only where there are no others.
    func find(_ name: String, _ unwell: UnwellPlaces.Service, _ whenFound: @escaping (ServiceRecord?) -> Void) {
        records(of: name) { [self] records in
            let well = records.filter { !unwell.contains(ServicePlace($0)) }
            whenFound((well.isEmpty ? records : well).choose(random: random.next()))
        }
    }

    /// Calls back, on the loop, with all places of a service.
    func records(of name: String, _ whenFound: @escaping ([ServiceRecord]) -> Void) {
        if let known = entries[name], known.expires > Self.now { return whenFound(known.records) }
        guard waiting[name] == nil else {
            waiting[name]?.append(whenFound)
            return
        }
        waiting[name] = [whenFound]
        ask(name, servers[...])
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    private func ask(_ name: String, _ servers: ArraySlice<SocketAddress>) {
        guard let server = servers.first else { return remember(name, nil) }
        let query = ServiceExchange(name: name, server: server, id: UInt16.random(in: 0...UInt16.max, using: &random))
        query.run(on: eventLoop) { [self] records in
            if let records { remember(name, records) } else { ask(name, servers.dropFirst()) }
        }
    }

    /// Where nobody answers, what is known counts on, and is asked for again soon.
    private func remember(_ name: String, _ records: [ServiceRecord]?) {
        let kept = records ?? entries[name]?.records ?? []
        let seconds = records?.map { Int64($0.timeToLive) }.min().map {
            min(max($0, Self.lifetimes.lowerBound), Self.lifetimes.upperBound)
        }
        if entries.count >= Self.capacity { entries.removeAll() }
        entries[name] = Entry(records: kept, expires: Self.now + (seconds.map { $0 * 1000 } ?? Self.failureMilliseconds))
        for callback in waiting.removeValue(forKey: name) ?? [] { callback(kept) }
    }
}

/// One question to one name server.
private final class ServiceExchange: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private static let timeout = TimeAmount.seconds(2)

    private let name: String
    private let server: SocketAddress
    private let id: UInt16
    private var channel: (any Channel)?
    private var whenDone: (([ServiceRecord]?) -> Void)?

    init(name: String, server: SocketAddress, id: UInt16) {
        self.name = name
        self.server = server
        self.id = id
    }

    func run(on eventLoop: any EventLoop, _ whenDone: @escaping ([ServiceRecord]?) -> Void) {
        guard let message = ServiceQuestion.message(name, id: id) else { return whenDone([]) }
        self.whenDone = whenDone
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let deadline = eventLoop.scheduleTask(in: Self.timeout) { bound.value.end(nil) }
        let server = server
        // A port of its own for each question: with the number it is what a forger would have to guess.
        DatagramBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .bind(host: server.protocol == .inet6 ? "::" : "0.0.0.0", port: 0)
            .assumeIsolated().whenComplete { result in
                guard case .success(let channel) = result else { return self.end(nil) }
                self.channel = channel
                channel.closeFuture.whenComplete { _ in deadline.cancel() }
                let envelope = AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: message))
                channel.writeAndFlush(envelope, promise: nil)
                if self.whenDone == nil { channel.close(promise: nil) }
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard envelope.remoteAddress == server,
            let records = ServiceAnswer.records(Array(envelope.data.readableBytesView), id: id)
        else { return }
        end(records)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(nil) }

    private func end(_ records: [ServiceRecord]?) {
        guard let whenDone else { return }
        self.whenDone = nil
        channel?.close(promise: nil)
        whenDone(records)
    }
}
