import ContractRouter
import Crypto
import GatewayTransport
import Model
import Settings
import Telemetry

/// `/metrics` of the management port, for Prometheus (`docs/metrics.md`).
struct MetricsRoute: Sendable {
    /// Makes families at each scrape.
    typealias Source = @Sendable () async -> [MetricFamily]

    private let token: String
    private let networks: TrustedProxies
    private let sources: [Source]

    /// `nil` when metrics are off.
    init?(settings: Settings, sources: [Source]) {
        guard settings[SettingsTable.metricsEnabled] else { return nil }
        token = settings[SettingsTable.metricsToken]
        networks = TrustedProxies(settings[SettingsTable.metricsNetworks])
        self.sources = sources
    }

    func register(in table: inout HandlerTable) {
        table.route("GET", "/metrics") { request in
            try check(request)
            var families: [MetricFamily] = []
            for source in sources { families += await source() }
            let format = MetricsText.Format(accept: request.headers["accept"])
            return .bytes(MetricsText.bytes(families, format), contentType: format.contentType)
        }
    }

    private func check(_ request: APIRequest) throws {
        if token.isEmpty {
            guard networks.contains(text: request.clientAddress) else {
                throw CatalogueError.forbidden("Metrics are not for this address")
            }
        } else {
            guard let given = request.headers["authorization"], Self.areEqual(given, "Bearer \(token)") else {
                throw CatalogueError.unauthorized("The metrics need a bearer token")
            }
        }
    }

    /// Compares digests, so that the time tells nothing of the token.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
    }
}
