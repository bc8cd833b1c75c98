import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections and signs in. Confined to its event loop.
final class RedisConnector {
    typealias Completion = (Result<RedisChannelHandler, RedisError>) -> Void

    let eventLoop: any EventLoop
    let settings: RedisSettings

    init(eventLoop: any EventLoop, settings: RedisSettings) {
        self.eventLoop = eventLoop
        self.settings = settings
    }

    /// A connection to the master, signed in and with the database chosen.
    func connect(_ completion: @escaping Completion) {
        guard let sentinel = settings.sentinel else { return open(settings.address, completion) }
        SentinelSearch(connector: self, sentinel: sentinel).run { result in
            switch result {
            case .success(let address): self.open(address, completion)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    /// A connection to one server, signed in and with the database chosen.
    func open(_ address: RedisSettings.Address, _ completion: @escaping Completion) {
        dial(address) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let connection):
                var steps = SignIn(user: self.settings.user, password: self.settings.password)
                steps.database = self.settings.database
                steps.wantsMaster = self.settings.sentinel != nil
                self.signIn(connection, steps, completion)
            }
        }
    }

    /// A connection that nobody has signed in on.
    func dial(_ address: RedisSettings.Address, _ completion: @escaping Completion) {
        let tls = settings.tls
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(settings.connectMilliseconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(Self.tlsHandler(tls, address.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(RedisChannelHandler())
                }
            }
        bootstrap.connect(host: address.host, port: address.port).assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error):
                completion(.failure(.unreachable(address: address.text, reason: Self.reason(error))))
            case .success(let channel):
                guard let handler = try? channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self) else {
                    return completion(.failure(.closed))
                }
                completion(.success(handler))
            }
        }
    }

    private static func tlsHandler(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { "\($0.error)" } ?? "the name \(error.host) has no address"
        case ChannelError.connectTimeout: "no connection in time"
        default: "\(error)"
        }
    }

    /// Sends the steps of a sign-in until all are through.
    func signIn(_ connection: RedisChannelHandler, _ steps: SignIn, _ completion: @escaping Completion) {
        var steps = steps
        guard let command = steps.next() else { return completion(.success(connection)) }
        var commands = RedisCommands()
        commands.append(command)
        let deadline = NIODeadline.now() + .milliseconds(settings.answerMilliseconds)
        connection.send(commands, deadline: deadline) { result in
            switch result {
            case .failure(let error): completion(.failure(error))
            case .success(let answers):
                do throws(RedisError) {
                    try steps.take(answers.first ?? .null)
                    self.signIn(connection, steps, completion)
                } catch {
                    connection.fail(error)
                    completion(.failure(error))
                }
            }
        }
        let timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { connection.checkDeadline(.now()) }
        _ = timer
    }
}
