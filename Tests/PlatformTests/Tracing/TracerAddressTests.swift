import Settings
import Testing

@testable import Platform

@Suite("Where spans are sent")
struct TracerAddressTests {
    private func address(_ lines: String) throws -> TracerAddress {
        let text = "[apim.open_telemetry]\n" + lines.split(separator: ";").map { "remote_tracer.\($0)" }.joined(separator: "\n")
        return TracerAddress(settings: try Settings(text: text, file: "deployment.toml", environment: [:]))
    }

    @Test(
        "collectors have an address, Jaeger may have host and port instead",
        arguments: [
            ("", "http://localhost:4318"), (#"url = "http://a:1/x""#, "http://a:1/x"),
            (#"name = "jaeger""#, "http://localhost:4318"),
            (#"name = "Jaeger"; hostname = "j"; port = "4319""#, "http://j:4319"),
            (#"name = "jaeger"; hostname = "::1""#, "http://[::1]:4318"),
            (#"name = "jaeger"; hostname = "j"; url = "https://k/v1/traces""#, "https://k/v1/traces"),
        ])
    func known(lines: String, expected: String) throws {
        let address = try address(lines)
        #expect(address.url == expected && address.warning == nil)
    }

    @Test("Jaeger's port for gRPC is replaced, with a warning")
    func oldPort() throws {
        let address = try address(#"name = "jaeger"; hostname = "j"; port = "14250""#)
        #expect(address.url == "http://j:4318")
        #expect(address.warning?.contains("4318") == true)
    }

    @Test("for other tracing systems there is a warning and nothing is sent", arguments: ["zipkin", "newrelic", "own"])
    func unspoken(name: String) throws {
        let address = try address("name = \"\(name)\"")
        #expect(address.url == nil)
        #expect(address.warning?.contains("'\(name)' is not spoken") == true)
    }
}
