import ContractRouter

/// Says whether this node should get traffic.
public struct ReadinessHandlers: Sendable {
    public static let contract = "gateway-v2"

    public enum State: Sendable, Hashable, CaseIterable {
        /// Not everything is loaded yet.
        case starting
        case ready
        /// Requests are served, but no more should come.
        case stopping
    }

    private let state: @Sendable () async -> State

    public init(state: @escaping @Sendable () async -> State) { self.state = state }

    public func register(in table: inout HandlerTable) {
        table.handle(Self.contract, "getServerStartupHealthcheck") { [state] _ in
            switch await state() {
            case .ready: Self.text("OK")
            case .starting: Self.text("Internal Server Error.", status: 500)
            case .stopping: Self.text("The server is stopping.", status: 503)
            }
        }
    }

    private static func text(_ text: String, status: Int = 200) -> APIResponse {
        .bytes(Array(text.utf8), contentType: "text/plain", status: status)
    }
}
