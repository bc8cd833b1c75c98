import GatewayCore

/// Something of a loop that events and wake-ups are for.
class EventTarget {
    let loop: EpollLoop
    /// What events and wake-ups name the target by; `nil` before it is entered and after it has left.
    private(set) var token: UInt64?

    init(loop: EpollLoop) { self.loop = loop }

    final func enter() { token = loop.targets.insert(self) }

    final func leave() {
        guard let token else { return }
        loop.targets.remove(token)
        self.token = nil
    }

    /// Events are about to come: has the processor fetch what they are going to read.
    func prepare() {}

    /// Events of epoll, as its bits.
    func handle(_ events: UInt32, at now: WireInstant) {}

    /// The wheel has turned to the tick for which the target was entered.
    func wake(tick: Int64, at now: WireInstant) {}
}
