import Foundation

/// The gateway alone, with a configuration made in memory: what `bench` and `counts` measure.
@main
struct GatewayBench {
    private static let usage = """
        usage: gateway-bench keys DIRECTORY TOKENS
               gateway-bench serve DIRECTORY UPSTREAM-URL plain|managed APIS RESOURCES [PORT [nio|epoll|tls [LOOPS [APPLICATIONS]]]]

        `keys` writes tokens.txt (a token a line) and jwks.json into the directory; `serve` takes the key set from there and writes its logs
        there. `plain` proxies open operations without logs, `managed` does the whole job. Without a port, or with 0, the system chooses
        one. `nio` and `epoll` carry plain HTTP, `tls` carries HTTPS with certificate.pem and key.pem of the directory.
        APPLICATIONS have a key and a subscription each, and don't call.

        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "keys" where arguments.count == 3:
            try BenchKeys(tokens: Int(arguments[2]) ?? 1).write(directory: arguments[1])
        case "serve" where arguments.count >= 6:
            var scenery = BenchScenery(
                upstream: arguments[2], isManaged: arguments[3] == "managed", apis: Int(arguments[4]) ?? 1,
                resources: Int(arguments[5]) ?? 1)
            if arguments.count > 9 { scenery.idleApplications = Int(arguments[9]) ?? 0 }
            var gateway = BenchGateway(directory: arguments[1], scenery: scenery)
            if arguments.count > 6 { gateway.port = Int(arguments[6]) ?? 0 }
            if arguments.count > 7 { gateway.carrier = BenchGateway.Carrier(rawValue: arguments[7]) ?? .nio }
            if arguments.count > 8 { gateway.loops = Int(arguments[8]) ?? 1 }
            try await gateway.run()
        default:
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
    }
}
