import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves a ``ContractEngine`` over HTTPS and, if wanted, plain HTTP, until it is shut down gracefully.
public struct ManagementServer: Service {
    let configuration: Configuration
    let engine: ContractEngine
    let logger: Logger
    private let onListening: @Sendable (Listener) async -> Void

    /// `onListening` runs once for each listener, when it accepts connections.
    public init(
        configuration: Configuration, engine: ContractEngine, logger: Logger,
        onListening: @escaping @Sendable (Listener) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.engine = engine
        self.logger = logger
        self.onListening = onListening
    }

    /// Throws a ``BindFailure`` when a port cannot be opened.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let port = configuration.httpsPort, let certificate = configuration.certificate {
                let channel = ReloadingTLSChannel(base: channel(isSecure: true), certificate: certificate)
                group.addTask { try await serve(channel, port: port, isSecure: true) }
            }
            if let port = configuration.httpPort {
                let channel = channel(isSecure: false)
                group.addTask { try await serve(channel, port: port, isSecure: false) }
            }
            do {
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func serve<Channel: ServerChildChannel>(_ channel: Channel, port: Int, isSecure: Bool) async throws {
        let server = Server(
            childChannelSetup: channel, configuration: ServerConfiguration(address: .hostname(configuration.host, port: port)),
            onServerRunning: { channel in
                await onListening(Listener(isSecure: isSecure, port: channel.localAddress?.port ?? port))
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            try await server.run()
        } catch let error as IOError {
            throw BindFailure(description: Self.sentence(error, host: configuration.host, port: port))
        }
    }

    private func channel(isSecure: Bool) -> HTTP1Channel {
        let handler = ConnectionHandler(engine: engine, isSecure: isSecure, bodySeconds: configuration.bodySeconds)
        let head = TimeAmount.seconds(Int64(configuration.headSeconds))
        return HTTP1Channel(
            responder: { request, writer, channel in try await handler.respond(to: request, writer: writer, channel: channel) },
            configuration: .init(
                additionalChannelHandlers: [RequestHeadDeadline(head), ClientDeparture()],
                idleTimeout: .seconds(Int64(configuration.bodySeconds)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: configuration.headerFieldLimit, maxHeaderListSize: configuration.headerListLimit,
                    maxHeaderFieldCount: configuration.headerCountLimit)))
    }

    private static func sentence(_ error: IOError, host: String, port: Int) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "The port \(port) is in use by another program; stop it, or choose another port."
        case EACCES: "The port \(port) may not be opened by this user; choose a port above 1023."
        case EADDRNOTAVAIL: "The address \(host) is none of this machine."
        default: "The port \(port) of \(host) could not be opened: \(error)."
        }
    }
}
