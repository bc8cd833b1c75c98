import Model
import Testing

@testable import GatewayCore

@Suite("Answers of deprecated APIs")
struct DeprecationTests {
    private func answer(_ requestLine: String, _ change: (inout GatewayAPI) -> Void) throws -> GatewayFixture.Sent {
        let gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api(change)))
        return try gateway.send(requestLine, ["Authorization: Bearer \(try GatewayFixture.token())"])
    }

    @Test("they say since when, and until when", arguments: ["GET /pizza/1.0.0/menu", "GET /pizza/1.0.0/none"])
    func both(requestLine: String) throws {
        let sent = try answer(requestLine) {
            $0.deprecatedMilliseconds = 1_688_169_599_900
            $0.sunsetMilliseconds = 1_719_791_999_000
        }
        #expect(sent.value("Deprecation") == "@1688169599")
        #expect(sent.value("Sunset") == "Sun, 30 Jun 2024 23:59:59 GMT")
    }

    @Test("a sunset before the deprecation is not told", arguments: [nil, 1_688_169_598_000])
    func wrongSunset(milliseconds: Int64?) throws {
        let sent = try answer("GET /pizza/1.0.0/menu") {
            $0.deprecatedMilliseconds = 1_688_169_599_000
            $0.sunsetMilliseconds = milliseconds
        }
        #expect(sent.value("Deprecation") == "@1688169599")
        #expect(sent.value("Sunset") == nil)
    }

    @Test("other APIs say nothing")
    func others() throws {
        let sent = try answer("GET /pizza/1.0.0/menu") { $0.sunsetMilliseconds = 1_719_791_999_000 }
        #expect(sent.verdict == .forward)
        #expect(sent.value("Deprecation") == nil && sent.value("Sunset") == nil)
    }
}
