import NIOCore

/// The connection to one server of a cluster, opened when the first commands go there. Confined to its event loop.
final class ClusterNode {
    private let connector: RedisConnector
    let address: RedisSettings.Address
    private var connection: RedisChannelHandler?
    private var waiting: [(commands: RedisCommands, completion: RedisChannelHandler.Completion)] = []
    private var isClosed = false
    /// Called once, when the connection has ended or could not be made.
    var ended: (RedisError) -> Void = { _ in }

    init(_ address: RedisSettings.Address, connector: RedisConnector) {
        self.address = address
        self.connector = connector
    }

    func start() {
        connector.open(address) { [self] result in
            switch result {
            case .failure(let error): end(error)
            case .success(let connection):
                guard !isClosed else { return connection.fail(.closed) }
                self.connection = connection
                connection.ended = { [weak self] in self?.end($0) }
                let commands = waiting
                waiting.removeAll()
                for one in commands { send(one.commands, one.completion) }
            }
        }
    }

    func send(_ commands: RedisCommands, _ completion: @escaping RedisChannelHandler.Completion) {
        if isClosed { return completion(.failure(.closed)) }
        guard let connection else { return waiting.append((commands, completion)) }
        let deadline = NIODeadline.now() + .milliseconds(connector.settings.answerMilliseconds)
        connection.send(commands, deadline: deadline, completion: completion)
    }

    func checkDeadline() { connection?.checkDeadline(.now()) }

    /// Ends the connection; whoever waits learns why.
    func end(_ error: RedisError) {
        guard !isClosed else { return }
        isClosed = true
        let commands = waiting
        waiting.removeAll()
        connection?.fail(error)
        connection = nil
        for one in commands { one.completion(.failure(error)) }
        ended(error)
    }
}
