import GatewayCore
import GatewayTransport

@main
struct GatewayBench {
    static func main() async throws {
        let server = try await GatewayServer.start(GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: 0)])) {
            RequestPipeline()
        }
        print(server.ports)
        try await Task.sleep(for: .seconds(3600))
    }
}
