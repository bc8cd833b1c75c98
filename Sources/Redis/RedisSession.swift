import Model
import NIOCore

/// One lasting connection to a store: it is opened again whenever it ends, until ``close()``. Confined to its event loop.
public final class RedisSession: RedisStore {
    private enum State {
        case idle, connecting, closed
        case ready(RedisChannelHandler)
    }

    private let connector: RedisConnector
    private let random: RandomSource
    private var state = State.idle
    private var delay = ReconnectDelay()
    /// Called when the store can be used, again after each interruption.
    public var onReady: () -> Void = {}
    /// Called when a connection ended or could not be made; the next attempt follows by itself.
    public var onFailure: (RedisError) -> Void = { _ in }

    public init(eventLoop: any EventLoop, settings: RedisSettings, random: RandomSource = .system) {
        connector = RedisConnector(eventLoop: eventLoop, settings: settings)
        self.random = random
    }

    public var isReady: Bool { if case .ready = state { true } else { false } }

    /// Batches that wait for answers.
    public var pendingCount: Int { if case .ready(let connection) = state { connection.pendingCount } else { 0 } }

    /// Begins to connect.
    public func start() {
        guard case .idle = state else { return }
        state = .connecting
        connector.connect { result in self.connected(result) }
    }

    private func connected(_ result: Result<RedisChannelHandler, RedisError>) {
        switch result {
        case .failure(let error): failed(error)
        case .success(let connection):
            guard case .connecting = state else { return connection.fail(.closed) }
            delay.succeed()
            connection.ended = { error in self.failed(error) }
            state = .ready(connection)
            onReady()
        }
    }

    private func failed(_ error: RedisError) {
        if case .closed = state { return }
        state = .idle
        onFailure(error)
        let chance = Double(random.bytes(1).first ?? 0) / 255
        let wait = TimeAmount.milliseconds(delay.fail(chance: chance))
        connector.eventLoop.assumeIsolated().scheduleTask(in: wait) { self.start() }
    }

    /// Sends commands if the store is ready. The completion is called on the event loop.
    public func send(_ commands: RedisCommands, _ completion: @escaping Completion) {
        guard case .ready(let connection) = state else { return completion(.failure(.closed)) }
        let deadline = NIODeadline.now() + .milliseconds(connector.settings.answerMilliseconds)
        connection.send(commands, deadline: deadline, completion: completion)
    }

    /// Ends the connection if an answer is overdue. Call it every now and then.
    public func checkDeadline() {
        if case .ready(let connection) = state { connection.checkDeadline(.now()) }
    }

    /// Ends the connection and opens a new one, for a server that no longer does its work.
    public func reconnect(_ error: RedisError) {
        if case .ready(let connection) = state { connection.fail(error) }
    }

    /// Ends the connection for good.
    public func close() {
        let former = state
        state = .closed
        if case .ready(let connection) = former { connection.fail(.closed) }
    }
}
