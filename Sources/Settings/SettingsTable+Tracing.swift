/// Distributed tracing (`docs/tracing.md`).
extension SettingsTable {
    public static let tracingEnabled = Setting(
        "apim.open_telemetry.remote_tracer.enable", false, "Whether the gateway sends spans to a tracing system.")
    public static let tracerName = Setting(
        "apim.open_telemetry.remote_tracer.name", "otlp",
        "`otlp` sends them to `url`, `jaeger` to `hostname` and `port`, both as OTLP over HTTP; with another name nothing is sent."
    )
    public static let tracerURL = Setting(
        "apim.open_telemetry.remote_tracer.url", "http://localhost:4318",
        "Where they are sent; without a path, `/v1/traces` is meant.")
    public static let tracerHost = Setting(
        "apim.open_telemetry.remote_tracer.hostname", "localhost", "Jaeger's host.")
    public static let tracerPort = Setting(
        "apim.open_telemetry.remote_tracer.port", 4318, "Jaeger's port for OTLP over HTTP."
    ).within(1...65_535)
    public static let tracerHeaders = Setting(
        "apim.open_telemetry.remote_tracer.properties", NamedTexts(),
        "Header fields that the tracing system asks for: tables with `name` and `value`."
    ).secret()
    public static let traceResource = Setting(
        "apim.open_telemetry.resource_attributes", NamedTexts(),
        "What spans say of this gateway, as OpenTelemetry's resource attributes: tables with `name` and `value`.")
    public static let traceRatio = Setting(
        "apim.open_telemetry.sampler.ratio", 1.0, "Part of the calls that are traced, from 0 to 1."
    ).within(0...1)
    public static let tracesFollowCallers = Setting(
        "apim.open_telemetry.sampler.parent_based", true,
        "Whether a caller that takes part in a trace decides whether its call is traced.")

    static let tracing: [any AnySetting] = [
        tracingEnabled, tracerName, tracerURL, tracerHost, tracerPort, tracerHeaders, traceResource, traceRatio,
        tracesFollowCallers,
    ]
}
