import CEpoll
import GatewayCore

/// A TCP connection of a loop: sends as much as the peer takes and keeps the rest, and remembers whether there is something to read.
///
/// It is watched edge-triggered, so nothing is asked of epoll again after its entry: reading pauses by not reading.
class Socket: EventTarget {
    let descriptor: Int32
    /// What the peer did not take; `nil` nearly always.
    private(set) var unsent: UnsentBytes?
    /// Whether the system may have bytes, or the end, for us.
    final var isReadable = false
    /// Whether the peer has sent its last byte or the connection is gone.
    final private var hasPeerEnded = false
    /// Whether the peer neither sends nor takes any more bytes.
    final private(set) var isGone = false
    /// Whether the peer takes no more bytes, ever.
    final private(set) var isBroken = false
    /// Whether the loop has been asked to go on reading.
    final var isQueued = false
    /// How much is read at a time.
    final var readLimit = EpollLoop.scratchBytes
    /// Whether ``moveDirectly(at:)`` takes what comes.
    final var movesDirectly = false
    /// Whether the system may wait for more bytes before it sends those that it has.
    private var holdsBack = false

    /// Full reads in a row after which other sockets get their turn.
    private static let readsInARow = 4
    /// Pieces up to this size are copied behind the head, which costs less than sending two pieces.
    private static let copiedBytes = 4096
    /// Up to which size the loop's output buffers stay allocated.
    private static let keptBytes = 64 << 10

    init(loop: EpollLoop, descriptor: Int32) {
        self.descriptor = descriptor
        super.init(loop: loop)
    }

    /// Enters the socket into the loop and epoll; false if the system refuses.
    final func watch() -> Bool {
        enter()
        if let token, loop.watch(descriptor, CEPOLL_EDGES, token) { return true }
        leave()
        return false
    }

    // MARK: For subclasses

    /// Whether what comes now can be used.
    var wantsBytes: Bool { true }
    /// Bytes came. They lie in the loop's scratch memory, which stays as it is during the call: only the loop itself reads sockets.
    func received(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) {}
    /// Passes what comes on without reading it. Called in the place of reading, as long as ``movesDirectly`` says so.
    func moveDirectly(at now: WireInstant) {}
    /// The peer sends no more, or the connection failed (`error` is not 0). May be called more than once.
    func inputEnded(error: Int32, at now: WireInstant) {}
    /// Bytes have begun to wait in ``unsent``, or some of them went out, or all.
    func unsentChanged(at now: WireInstant) {}

    // MARK: Events

    override func handle(_ events: UInt32, at now: WireInstant) {
        if events & CEPOLL_WRITABLE != 0, unsent != nil { sendUnsent(at: now) }
        guard events & CEPOLL_READABLE != 0, token != nil else { return }
        isReadable = true
        if events & CEPOLL_ENDED != 0 {
            hasPeerEnded = true
            // Once the peer has ended its half, the system tells of a later reset in no other way.
            if events & CEPOLL_GONE != 0 { isGone = true }
        }
        read(at: now)
    }

    /// Reads what there is, as long as it is wanted. Called by the loop only.
    final func read(at now: WireInstant) {
        var turns = 0
        while isReadable, token != nil, wantsBytes {
            guard turns < Self.readsInARow else { return loop.goOnReading(self) }
            turns += 1
            if movesDirectly {
                moveDirectly(at: now)
                continue
            }
            let scratch = loop.scratch
            let limit = readLimit
            let count = cepoll_receive(descriptor, scratch.baseAddress, limit)
            if count > 0 {
                // The system had no more than this; a later arrival is a new event. Only the peer's end may hide behind a short read.
                if count < limit, !hasPeerEnded { isReadable = false }
                // recv has filled this many bytes of the scratch memory.
                received(UnsafeRawBufferPointer(start: scratch.baseAddress, count: count), at: now)
            } else if count == -Int(EAGAIN) {
                isReadable = false
                if isBroken { inputEnded(error: EPIPE, at: now) }
            } else {
                isReadable = false
                inputEnded(error: Int32(-count), at: now)
            }
        }
    }

    /// Has the loop read on, after bytes that were not wanted have become so.
    final func readOnIfWanted() {
        if isReadable, token != nil, wantsBytes { loop.goOnReading(self) }
    }

    // MARK: Sending

    /// Sends what lies in `output` and then `bytes`, and empties `output`.
    ///
    /// - Parameter more: whether more is about to follow, with which it may go. Unless it does, call ``sendHeld()``.
    final func send(_ output: OutputBuffer, _ bytes: UnsafeRawBufferPointer, more: Bool = false, at now: WireInstant) {
        if !bytes.isEmpty, bytes.count <= Self.copiedBytes {
            output.append(bytes)
            send(output.bytes, UnsafeRawBufferPointer(start: nil, count: 0), more, at: now)
        } else {
            send(output.bytes, bytes, more, at: now)
        }
        let count = output.count
        output.removeAll()
        // A collected body; memory of its size is not kept.
        if count > Self.keptBytes { output.shrink(to: Self.keptBytes) }
    }

    private func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ more: Bool, at now: WireInstant) {
        if isBroken { return }
        if let unsent {
            unsent.append(first)
            unsent.append(second)
            return
        }
        let total = first.count + second.count
        guard total > 0 else { return }
        let count: Int
        if second.isEmpty {
            count = cepoll_send(descriptor, first.baseAddress, first.count, more)
            holdsBack = more
        } else if first.isEmpty {
            count = cepoll_send(descriptor, second.baseAddress, second.count, false)
        } else {
            count = cepoll_send_two(descriptor, first.baseAddress, first.count, second.baseAddress, second.count)
        }
        if count == total { return }
        guard count >= 0 || count == -Int(EAGAIN) else { return breakOff() }
        keep(first, second, from: max(count, 0), at: now)
    }

    /// Sends bytes that lie in a pipe.
    final func send(_ count: Int, from pipe: DirectPipe, more: Bool, at now: WireInstant) {
        let sent = isBroken || unsent != nil ? 0 : pipe.empty(into: descriptor, count: count, more: more)
        holdsBack = more
        if sent == count { return }
        // The pipe is everybody's.
        let rest = pipe.takeRest(count - max(0, sent))
        if isBroken { return }
        guard sent >= 0 || sent == -Int(EAGAIN) else { return breakOff() }
        rest.withUnsafeBytes { rest in
            if let unsent { return unsent.append(rest) }
            keep(rest, UnsafeRawBufferPointer(start: nil, count: 0), from: 0, at: now)
        }
    }

    /// Has the system send what it may still hold back.
    final func sendHeld() {
        guard holdsBack, token != nil else { return }
        holdsBack = false
        cepoll_send_at_once(descriptor)
    }

    private func keep(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, from sent: Int, at now: WireInstant) {
        let rest = UnsentBytes()
        if sent < first.count { rest.append(UnsafeRawBufferPointer(rebasing: first[sent...])) }
        rest.append(UnsafeRawBufferPointer(rebasing: second[max(0, sent - first.count)...]))
        unsent = rest
        unsentChanged(at: now)
    }

    private func sendUnsent(at now: WireInstant) {
        guard var rest = unsent else { return }
        let bytes = rest.bytes
        let count = cepoll_send(descriptor, bytes.baseAddress, bytes.count, false)
        if count == -Int(EAGAIN) { return }
        guard count >= 0 else { return breakOff() }
        rest.removeFirst(count)
        unsent = rest.isEmpty ? nil : rest
        unsentChanged(at: now)
    }

    /// Nothing can be sent any more. The end is reported from the loop, not from inside of whatever wanted to send; what the peer has
    /// sent before is read first, for it may be an answer.
    private func breakOff() {
        isBroken = true
        unsent = nil
        isReadable = true
        loop.goOnReading(self)
    }

    // MARK: Closing

    /// Closes the connection at once; nothing more is reported.
    ///
    /// - Parameter resets: makes it a reset.
    final func close(resets: Bool = false) {
        guard token != nil else { return }
        leave()
        unsent = nil
        if resets { cepoll_reset_at_close(descriptor) }
        cepoll_close(descriptor)
        closed()
    }

    /// Takes the socket out of the loop without closing it, and answers the bytes that are still to be sent.
    final func giveAway() -> [UInt8] {
        let bytes = unsent.map { Array($0.bytes) } ?? []
        leave()
        unsent = nil
        loop.unwatch(descriptor)
        closed()
        return bytes
    }

    /// The socket is closed or given away.
    func closed() {}
}
