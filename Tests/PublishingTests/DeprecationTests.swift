import Documents
import Model
import Testing

@testable import Publishing

@Suite("What gateways learn of deprecated APIs")
struct DeprecationTests {
    private static func property(_ value: String) -> JSONObject {
        ["additionalProperties": [["name": "sunset", "value": JSONValue(value), "display": true]]]
    }

    @Test("the time of the deprecation and the sunset of the property")
    func deprecated() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(Self.property("2030-01-31"))
        _ = try await fixture.deploy(api)
        for (action, time) in [("Publish", 10_000), ("Deprecate", 20_000)] as [(String, Int64)] {
            let before = try #require(try await fixture.gatewayAPIs().first)
            #expect(before.deprecatedMilliseconds == nil && before.sunsetMilliseconds == nil)
            _ = try await fixture.services.lifecycle.perform(
                action, onAPI: api.id, by: .publisher, .test(.publisher, at: time))
        }
        let after = try #require(try await fixture.gatewayAPIs().first)
        #expect(after.deprecatedMilliseconds == 20_000)
        #expect(after.sunsetMilliseconds == 1_896_048_000_000)
    }

    @Test(
        "the property holds a day or a moment; anything else means something else",
        arguments: [
            ("2030-01-31", 1_896_048_000_000), ("2030-01-31T12:30:00Z", 1_896_093_000_000),
            ("2030-01-31T12:30:00+02:00", 1_896_085_800_000), ("soon", nil), ("", nil), ("2030-02-31x", nil),
            ("99999-01-01", nil), ("-001-01-01", nil),
        ] as [(String, Int64?)])
    func values(text: String, milliseconds: Int64?) {
        #expect(SunsetProperty.milliseconds(in: Self.property(text)) == milliseconds)
    }

    @Test("no property, no sunset")
    func none() { #expect(SunsetProperty.milliseconds(in: [:]) == nil) }
}
