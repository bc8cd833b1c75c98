import Model
import NIOCore

/// The servers of a Redis Cluster as one store: commands go to the server that has their key, and where servers say that it lies elsewhere,
/// there. A server that cannot be reached fails its own commands only. Confined to its event loop.
public final class RedisClusterSession: RedisStore {
    private enum State { case idle, searching, ready, closed }

    private let connector: RedisConnector
    private let random: RandomSource
    private var state = State.idle
    private var delay = ReconnectDelay()
    private var map = ClusterMap()
    private var nodes: [RedisSettings.Address: ClusterNode] = [:]
    public private(set) var pendingCount = 0
    /// Whether the servers are asked anew who serves what.
    private var isRefreshing = false
    private var refreshedAt = NIODeadline.uptimeNanoseconds(0)
    /// Servers whose connections have ended, until they are tried again.
    private var lostServers: Set<RedisSettings.Address> = []
    /// Whether a slot was found with another server than was known.
    private var hasMoved = false
    public var onReady: () -> Void = {}
    public var onFailure: (RedisError) -> Void = { _ in }

    /// Shortest time between two questions who serves what.
    private static let refreshPause = TimeAmount.milliseconds(500)

    /// - Parameter settings: name some servers of the cluster; the others are found by them.
    public init(eventLoop: any EventLoop, settings: RedisSettings, random: RandomSource = .system) {
        connector = RedisConnector(eventLoop: eventLoop, settings: settings)
        self.random = random
    }

    private var seeds: [RedisSettings.Address] { connector.settings.cluster }

    public var isReady: Bool { state == .ready }

    // MARK: Life

    public func start() {
        guard state == .idle else { return }
        state = .searching
        ClusterSearch(connector: connector).run(seeds[...]) { [self] result in
            guard state == .searching else { return }
            switch result {
            case .failure(let error): failed(error)
            case .success(let found):
                delay.succeed()
                map = found
                refreshedAt = .now()
                state = .ready
                onReady()
            }
        }
    }

    private func failed(_ error: RedisError) {
        if state == .closed { return }
        state = .idle
        endNodes(error)
        onFailure(error)
        let chance = Double(random.bytes(1).first ?? 0) / 255
        let wait = TimeAmount.milliseconds(delay.fail(chance: chance))
        connector.eventLoop.assumeIsolated().scheduleTask(in: wait) { self.start() }
    }

    private func endNodes(_ error: RedisError) {
        let former = nodes.values
        nodes.removeAll()
        for node in former {
            node.ended = { _ in }
            node.end(error)
        }
    }

    public func reconnect(_ error: RedisError) {
        if state == .ready { failed(error) }
    }

    public func close() {
        state = .closed
        endNodes(.closed)
    }

    public func checkDeadline() {
        for node in Array(nodes.values) { node.checkDeadline() }
    }

    // MARK: Commands

    public func send(_ commands: RedisCommands, _ completion: @escaping Completion) {
        guard state == .ready else { return completion(.failure(.closed)) }
        guard commands.count > 0 else { return completion(.success([])) }
        pendingCount += 1
        let batch = ClusterBatch(commands) { [self] result in
            pendingCount -= 1
            completion(result)
        }
        dispatch(Array(0..<commands.count), of: batch)
    }

    /// Sends commands to the servers of their keys, those of one server in their order.
    private func dispatch(_ indices: [Int], of batch: ClusterBatch) {
        var parts: [RedisSettings.Address: [Int]] = [:]
        for index in indices {
            if let owner = map[ClusterSlot.of(batch.commands.keys[index])] {
                parts[owner, default: []].append(index)
            } else {
                batch.answer(index, .error("UNREACHABLE no server of the cluster serves the key"))
            }
        }
        for (address, indices) in parts { send(indices, of: batch, to: address, asks: false) }
    }

    /// - Parameter asks: whether the server is only about to get the slot, and has to be told that it was asked on purpose.
    private func send(_ indices: [Int], of batch: ClusterBatch, to address: RedisSettings.Address, asks: Bool) {
        var part = RedisCommands()
        for index in indices {
            if asks { part.append("ASKING") }
            part.append(batch.commands, index)
        }
        node(address).send(part) { [self] result in
            switch result {
            case .failure(let error):
                for index in indices { batch.answer(index, .error("UNREACHABLE \(address.text): \(error.description)")) }
            case .success(let answers):
                take(asks ? answers.indices.filter { $0 % 2 == 1 }.map { answers[$0] } : answers, indices, batch, address)
            }
        }
    }

    private func take(
        _ answers: [RESPValue], _ indices: [Int], _ batch: ClusterBatch, _ address: RedisSettings.Address
    ) {
        var moved: [Int] = []
        var asked: [RedisSettings.Address: [Int]] = [:]
        for (index, answer) in zip(indices, answers) {
            guard let redirection = answer.errorMessage.flatMap({ ClusterRedirection($0, from: address.host) }),
                state == .ready, batch.redirects(index)
            else {
                batch.answer(index, answer)
                continue
            }
            if redirection.isLasting {
                map[redirection.slot] = redirection.address
                hasMoved = true
                moved.append(index)
            } else {
                asked[redirection.address, default: []].append(index)
            }
        }
        if !moved.isEmpty {
            dispatch(moved, of: batch)
            refresh()
        }
        for (address, indices) in asked { send(indices, of: batch, to: address, asks: true) }
    }

    private func node(_ address: RedisSettings.Address) -> ClusterNode {
        if let node = nodes[address] { return node }
        let node = ClusterNode(address, connector: connector)
        nodes[address] = node
        node.ended = { [weak self, unowned node] _ in self?.lost(node) }
        node.start()
        return node
    }

    // MARK: Changes of the cluster

    private func lost(_ node: ClusterNode) {
        if nodes[node.address] === node { nodes[node.address] = nil }
        lostServers.insert(node.address)
        refresh()
    }

    /// Asks the servers anew who serves what, if that was not done just now.
    private func refresh() {
        guard state == .ready, !isRefreshing else { return }
        isRefreshing = true
        let earliest = refreshedAt + Self.refreshPause
        connector.eventLoop.assumeIsolated().scheduleTask(deadline: max(earliest, .now())) { [self] in
            let servers = seeds + map.servers.subtracting(seeds)
            ClusterSearch(connector: connector).run(servers[...]) { [self] in refreshed($0) }
        }
    }

    private func refreshed(_ result: Result<ClusterMap, RedisError>) {
        isRefreshing = false
        refreshedAt = .now()
        guard state == .ready else { return }
        switch result {
        case .failure(let error): failed(error)
        case .success(let found):
            let isOther = found != map || hasMoved
            map = found
            hasMoved = false
            let servers = found.servers
            for node in Array(nodes.values) where !servers.contains(node.address) { node.end(.closed) }
            // Tried again now, so that it is noticed without commands when the cluster gives one of them up.
            for address in lostServers.intersection(servers) { _ = self.node(address) }
            lostServers.removeAll()
            // A server that took over from another one may not have all that the other one had.
            if isOther { onReady() }
        }
    }
}
