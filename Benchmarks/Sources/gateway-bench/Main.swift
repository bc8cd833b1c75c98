import Foundation

/// The gateway alone, with a configuration made in memory: what `bench` and `counts` measure.
@main
struct GatewayBench {
    private static let usage = """
        usage: gateway-bench keys DIRECTORY TOKENS
               gateway-bench serve DIRECTORY UPSTREAM-URL plain|managed APIS RESOURCES [PORT]

        `keys` writes tokens.txt (a token a line) and jwks.json into the directory; `serve` takes the key set from there and writes its logs
        there. `plain` proxies open operations without logs, `managed` does the whole job. Without a port the system chooses one.

        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "keys" where arguments.count == 3:
            try BenchKeys(tokens: Int(arguments[2]) ?? 1).write(directory: arguments[1])
        case "serve" where arguments.count >= 6:
            let scenery = BenchScenery(
                upstream: arguments[2], isManaged: arguments[3] == "managed", apis: Int(arguments[4]) ?? 1,
                resources: Int(arguments[5]) ?? 1)
            let port = arguments.count > 6 ? Int(arguments[6]) ?? 0 : 0
            try await BenchGateway(directory: arguments[1], scenery: scenery, port: port).run()
        default:
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
    }
}
