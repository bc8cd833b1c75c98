import NIOCore

/// Asks one server of a cluster after the other which of them serves what. Confined to its event loop.
final class ClusterSearch {
    typealias Completion = (Result<ClusterMap, RedisError>) -> Void

    private let connector: RedisConnector
    private var lastError = RedisError.noCluster

    init(connector: RedisConnector) { self.connector = connector }

    /// Calls back with the first answer of a server whose cluster serves all slots, or with the last reason why there is none.
    func run(_ addresses: ArraySlice<RedisSettings.Address>, _ completion: @escaping Completion) {
        guard let address = addresses.first else { return completion(.failure(lastError)) }
        connector.open(address) { result in
            switch result {
            case .failure(let error): self.goOn(addresses, error, completion)
            case .success(let connection): self.ask(connection, address, addresses, completion)
            }
        }
    }

    private func goOn(
        _ addresses: ArraySlice<RedisSettings.Address>, _ error: RedisError, _ completion: @escaping Completion
    ) {
        lastError = error
        run(addresses.dropFirst(), completion)
    }

    private func ask(
        _ connection: RedisChannelHandler, _ address: RedisSettings.Address, _ addresses: ArraySlice<RedisSettings.Address>,
        _ completion: @escaping Completion
    ) {
        var commands = RedisCommands()
        commands.append("CLUSTER", "INFO")
        commands.append("CLUSTER", "SLOTS")
        let deadline = NIODeadline.now() + .milliseconds(connector.settings.answerMilliseconds)
        connection.send(commands, deadline: deadline) { result in
            connection.fail(.closed)
            switch result {
            case .failure(let error): self.goOn(addresses, error, completion)
            case .success(let answers):
                do throws(RedisError) { completion(.success(try Self.map(answers, from: address.host))) } catch {
                    self.goOn(addresses, error, completion)
                }
            }
        }
        _ = connector.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { connection.checkDeadline(.now()) }
    }

    private static func map(_ answers: [RESPValue], from host: String) throws(RedisError) -> ClusterMap {
        for case .error(let message) in answers { throw .refused(message) }
        guard answers.first?.string?.contains("cluster_state:ok") ?? false else { throw .clusterDown }
        guard let map = answers.last.flatMap({ ClusterMap($0, from: host) }), !map.servers.isEmpty else { throw .noCluster }
        return map
    }
}
