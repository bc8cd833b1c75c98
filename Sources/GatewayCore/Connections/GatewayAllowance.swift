import Synchronization

/// What all loops of a gateway may hold together, whichever transports they belong to. It is asked once a connection, a collected body or
/// an errand, and never for a plain request.
public final class GatewayAllowance: Sendable {
    /// Client connections.
    public let clients: Allotment
    /// Requests that wait for errands.
    package let parkedRequests: Allotment
    /// Bytes of the bodies that are held collected.
    package let collectedBytes: Allotment

    private let upstreams = Mutex<[Int: Allotment]>([:])
    private let upstreamConnections: Int
    private let loops: Int

    /// - Parameters:
    ///   - connections: client connections, a loop.
    ///   - upstreamConnections: connections to one address, a loop.
    ///   - loops: how many loops the limits are for; one of them may use what the others leave.
    public init(connections: Int, upstreamConnections: Int, limits: WireLimits, loops: Int = 1) {
        self.loops = loops
        self.upstreamConnections = upstreamConnections
        clients = Allotment(connections, times: loops)
        parkedRequests = Allotment(limits.parkedRequests, times: loops)
        collectedBytes = Allotment(limits.collectedBytes, times: loops)
    }

    /// The connections to the address of an ``Upstream/pool``. A loop may always have one, or nobody would ever wake those who wait in it.
    public func connections(to pool: Int) -> Allotment {
        upstreams.withLock { upstreams in
            if let known = upstreams[pool] { return known }
            let allotment = Allotment(upstreamConnections, times: loops)
            upstreams[pool] = allotment
            return allotment
        }
    }
}

/// A number of which parts are taken and given back on any thread.
public final class Allotment: Sendable {
    private let taken = Atomic<Int>(0)
    private let limit: Int

    init(_ limit: Int, times loops: Int) {
        let (product, overflows) = limit.multipliedReportingOverflow(by: loops)
        self.limit = overflows ? .max : product
    }

    /// How much is taken now.
    public var inUse: Int { taken.load(ordering: .relaxed) }

    /// Takes a part; false, and nothing is taken, if there is not so much left.
    public func take(_ amount: Int = 1) -> Bool {
        if taken.add(amount, ordering: .relaxed).newValue <= limit { return true }
        giveBack(amount)
        return false
    }

    /// Takes a part even if there is not so much left.
    public func takeAnyway(_ amount: Int = 1) { taken.add(amount, ordering: .relaxed) }

    public func giveBack(_ amount: Int = 1) { taken.subtract(amount, ordering: .relaxed) }
}
