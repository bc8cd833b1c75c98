import NIOCore

/// Asks one Sentinel after the other for the master's address. Confined to its event loop.
final class SentinelSearch {
    typealias Completion = (Result<RedisSettings.Address, RedisError>) -> Void

    private let connector: RedisConnector
    private let sentinel: RedisSettings.Sentinel
    private var lastError: RedisError?

    init(connector: RedisConnector, sentinel: RedisSettings.Sentinel) {
        self.connector = connector
        self.sentinel = sentinel
    }

    func run(_ completion: @escaping Completion) { ask(sentinel.addresses[...], completion) }

    private func ask(_ addresses: ArraySlice<RedisSettings.Address>, _ completion: @escaping Completion) {
        guard let address = addresses.first else {
            return completion(.failure(lastError ?? .noMaster(sentinel.master)))
        }
        ask(address) { result in
            switch result {
            case .success(let master): completion(.success(master))
            case .failure(let error):
                self.lastError = error
                self.ask(addresses.dropFirst(), completion)
            }
        }
    }

    private func ask(_ address: RedisSettings.Address, _ completion: @escaping Completion) {
        connector.dial(address) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let connection):
                let steps = SignIn(user: self.sentinel.user, password: self.sentinel.password)
                self.connector.signIn(connection, steps) { result in
                    switch result {
                    case .failure(let error): completion(.failure(error))
                    case .success(let connection): self.askForMaster(connection, completion)
                    }
                }
            }
        }
    }

    private func askForMaster(_ connection: RedisChannelHandler, _ completion: @escaping Completion) {
        var commands = RedisCommands()
        commands.append("SENTINEL", "get-master-addr-by-name", sentinel.master)
        let deadline = NIODeadline.now() + .milliseconds(connector.settings.answerMilliseconds)
        connection.send(commands, deadline: deadline) { result in
            connection.fail(.closed)
            guard case .success(let answers) = result else { return completion(result.map { _ in .init(host: "", port: 0) }) }
            let parts = answers.first?.elements ?? []
            guard parts.count == 2, let host = parts[0].string, let port = parts[1].int.map(Int.init), port > 0 else {
                return completion(.failure(.noMaster(self.sentinel.master)))
            }
            completion(.success(RedisSettings.Address(host: host, port: port)))
        }
        _ = connector.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { connection.checkDeadline(.now()) }
    }
}
