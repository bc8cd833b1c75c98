import ContractRouter

/// Says whether this node can take traffic.
struct ReadinessHandlers: Sendable {
    let isReady: @Sendable () -> Bool

    func register(in table: inout HandlerTable) {
        table.handle("gateway-v2", "getServerStartupHealthcheck") { [isReady] _ in
            isReady()
                ? .bytes(Array("OK".utf8), contentType: "text/plain")
                : .bytes(Array("Internal Server Error.".utf8), contentType: "text/plain", status: 500)
        }
    }
}
