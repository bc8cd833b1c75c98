import CEpoll

/// The pipe through which a loop moves long bodies from one socket to another inside the system: nothing of them is copied. It is empty
/// between any two events.
final class DirectPipe {
    /// Shorter rests of a body are copied, which costs less than the calls.
    static let leastBytes = 16 << 10
    /// The most that is moved at a time; what a slow client does not take of it has to be kept.
    static let mostBytes = 64 << 10
    /// How much of an answer is read when a long one is expected: its head, and little of its body.
    static let headBytes = 4096

    private var ends: (out: Int32, into: Int32) = (-1, -1)

    /// - Returns: `nil` where the system has no more descriptors.
    init?() {
        var pair: [Int32] = [-1, -1]
        // Pieces that do not fill their pages need more room than they have bytes.
        guard cepoll_pipe(&pair, Int32(4 * Self.mostBytes)) == 0 else { return nil }
        ends = (pair[0], pair[1])
    }

    deinit {
        if ends.out >= 0 { cepoll_close(ends.out) }
        if ends.into >= 0 { cepoll_close(ends.into) }
    }

    /// Moves bytes of a socket into the pipe; the number, 0 at the peer's end, or the negative error.
    func fill(from descriptor: Int32, most: Int) -> Int { cepoll_move(descriptor, ends.into, most, false) }

    /// Moves bytes of the pipe into a socket; the number, or the negative error.
    func empty(into descriptor: Int32, count: Int, more: Bool) -> Int { cepoll_move(ends.out, descriptor, count, more) }

    /// Takes bytes out that could not be moved on.
    func takeRest(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, taken in
            while taken < count, let start = bytes.baseAddress {
                let read = cepoll_read(ends.out, start + taken, count - taken)
                guard read > 0 else { break }
                taken += read
            }
        }
    }
}
