import Model
import ServiceLifecycle

/// Keeps the list of gateways true: signs of life on the open feeds, and entries of the gateway of this process. Ends the feeds when the node
/// stops, before the management server waits for its connections.
struct GatewayAttendance: Service {
    let gateways: GatewayParts
    let heartbeatSeconds: Int

    func run() async throws {
        await gateways.noteLocal(isConnected: true)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while await pause(seconds: FeedProtocol.keepAliveSeconds) { await gateways.remote.beat() }
                }
                group.addTask {
                    while await pause(seconds: heartbeatSeconds) { await gateways.noteLocal(isConnected: true) }
                }
                await group.waitForAll()
            }
        }
        await gateways.remote.endAll()
        await gateways.noteLocal(isConnected: false)
    }

    /// `false` when the node stops.
    private func pause(seconds: Int) async -> Bool {
        do { try await Task.sleep(for: .seconds(seconds)) } catch { return false }
        return !Task.isCancelled
    }
}
