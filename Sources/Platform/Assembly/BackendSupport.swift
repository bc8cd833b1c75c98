import BackendAccess
import FoundationEssentials
import GatewayCore
import Logging
import Model
import OutgoingHTTP
import Settings

/// What the gateway calls besides back ends: token endpoints and functions.
struct BackendSupport: Sendable {
    let tokens: EndpointTokenFetcher
    let functions: LambdaCaller
    private let connections: AWSConnections
    private let proxy: EgressProxy?

    init(settings: Settings, logger: Logger) throws {
        proxy = try EgressProxy(settings: settings)
        tokens = EndpointTokenFetcher(
            fetcher: OutgoingFetcher(
                policy: .endpoint(), limits: .init(size: 1 << 20, seconds: 30), proxy: proxy, logger: logger),
            defaultSeconds: Int64(settings[SettingsTable.endpointTokenSeconds]), logger: logger)
        let services = AWSServices(settings: settings)
        connections = AWSConnections(proxy: proxy)
        functions = LambdaCaller(
            services: services, environment: ProcessInfo.processInfo.environment, connections: connections, logger: logger)
    }

    func apply(to pipeline: inout PipelineSettings, settings: Settings) {
        pipeline.endpointSecurity.authority = tokens
        pipeline.endpointSecurity.repeatsWithNewToken = settings[SettingsTable.repeatsWithNewToken]
        pipeline.endpointSecurity.repeatedBodyBytes = settings[SettingsTable.repeatedBodyBytes]
        pipeline.functions = functions
        pipeline.proxy = proxy
    }

    func close() async { await connections.close() }
}
