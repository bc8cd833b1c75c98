import ContractTesting
import Documents
import Testing

@testable import AdminAPI

@Suite("Deny policies of the admin contract")
struct DenyPolicyOperationsTests {
    static let list = "/throttling/deny-policies"
    static let one = "/throttling/deny-policy/"

    private func body(_ type: String, _ value: JSONValue, status: JSONValue? = nil) -> JSONValue {
        var body: JSONValue = ["conditionType": JSONValue(type), "conditionValue": value]
        body["conditionStatus"] = status
        return body
    }

    @Test(
        "a policy of every type is created, read, switched and deleted",
        arguments: [
            ("API", "/pizza/1.0.0", "/pizza/1.0.0"), ("APPLICATION", "kim:Shop", "kim:Shop"),
            ("APPLICATION", "kim@carbon.super:Shop", "kim:Shop"),
            ("APPLICATION", "Kim:Shop", "kim:Shop"), ("USER", "kim", "kim@carbon.super"),
            ("USER", "kim@carbon.super", "kim@carbon.super"), ("USER", "kim@shop.example", "kim@shop.example@carbon.super"),
            ("IP", ["fixedIp": "10.0.0.1", "invert": true], ["fixedIp": "10.0.0.1", "invert": true]),
            ("IP", ["fixedIp": "::1"], ["fixedIp": "::1", "invert": false]),
            (
                "IPRANGE", ["startingIp": "10.0.0.1", "endingIp": "10.0.0.9", "invert": "false"],
                ["startingIp": "10.0.0.1", "endingIp": "10.0.0.9", "invert": false]
            ),
            ("SUBSCRIPTION", "/pizza/1.0.0:1.0.0:kim-Shop:SANDBOX", "/pizza/1.0.0:1.0.0:kim-Shop:SANDBOX"),
        ] as [(String, JSONValue, JSONValue)])
    func lifeCycle(type: String, value: JSONValue, stored: JSONValue) async throws {
        let fixture = try await AdminFixture()
        let created = await fixture.call("POST", Self.list, body(type, value))
        #expect(created.status == 201, "\(created.json.text)")
        let id = try #require(created.json["conditionId"]?.string)
        #expect(created.header("location")?.hasSuffix(Self.one + id) == true)
        #expect(
            created.json == [
                "conditionId": JSONValue(id), "conditionType": JSONValue(type), "conditionValue": stored,
                "conditionStatus": true,
            ])
        #expect(await fixture.call("GET", Self.one + id).json == created.json)
        #expect(await fixture.call("GET", Self.list).json["list"] == [created.json])
        let off = await fixture.call("PATCH", Self.one + id, ["conditionStatus": false])
        #expect(off.status == 200 && off.json["conditionStatus"] == false && off.json["conditionValue"] == stored)
        #expect(await fixture.call("GET", Self.one + id).json["conditionStatus"] == false)
        #expect(await fixture.call("POST", Self.list, body(type, value)).status == 409)
        #expect(await fixture.call("DELETE", Self.one + id).status == 200)
        for method in ["GET", "DELETE"] { #expect(await fixture.call(method, Self.one + id).status == 404) }
        #expect(await fixture.call("PATCH", Self.one + id, ["conditionStatus": true]).status == 404)
    }

    @Test(
        "bad conditions are refused with what is expected",
        arguments: [
            ("API", "/unknown/1.0.0", "API"), ("API", "pizza", "context"), ("API", 5, "context"), ("API", ["x": 1], "context"),
            ("API", "", "context"), ("APPLICATION", "kim:Unknown", "pplication"), ("APPLICATION", "Shop", "kim:Shop"),
            ("APPLICATION", ":", "kim:Shop"), ("USER", " ", "user"),
            ("USER", .string(String(repeating: "x", count: 600)), "512"),
            ("IP", "10.0.0.1", "fixedIp"), ("IP", ["fixedIp": "127..0.0.1"], "fixedIp"), ("IP", ["fixedIp": 7], "fixedIp"),
            ("IP", ["fixedIp": "10.0.0.1", "invert": "maybe"], "invert"), ("IPRANGE", ["startingIp": "10.0.0.1"], "endingIp"),
            ("IPRANGE", ["startingIp": "10.0.0.1", "endingIp": "::1"], "both"), ("SUBSCRIPTION", "x", "context:version"),
            ("SUBSCRIPTION", "/a/1:1:kim-Shop:OTHER", "PRODUCTION"), ("PLANET", "x", "conditionType"),
        ] as [(String, JSONValue, String)])
    func broken(type: String, value: JSONValue, text: String) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call("POST", Self.list, body(type, value))
        #expect(answer.status == 400)
        #expect(answer.json["description"]?.string?.contains(text) == true, "\(answer.json.text)")
        #expect(await fixture.call("GET", Self.list).json["count"] == 0)
    }

    @Test("bodies without what is needed are refused")
    func incomplete() async throws {
        let fixture = try await AdminFixture()
        for body in [
            [:], ["conditionType": "USER"], ["conditionValue": "kim"], ["conditionType": "USER", "conditionValue": .null],
        ] as [JSONValue] {
            #expect(await fixture.call("POST", Self.list, body).status == 400)
        }
    }

    @Test(
        "a search finds by type and value, parts or whole",
        arguments: [
            ("conditionType:IP", 2), ("conditionType:\"IP\"", 1), ("conditionType:user", 2), ("conditionValue:kim", 2),
            ("conditionValue:\"kim@carbon.super\"", 1), ("conditionType:USER&conditionValue:lee", 1),
            ("conditionType:USER conditionValue:10", 0), ("conditionValue:\"10.0.0.9\"", 1), ("conditionValue:10.0.0", 2),
            ("", 5),
        ])
    func search(query: String, count: Int) async throws {
        let fixture = try await AdminFixture()
        for (type, value) in [
            ("USER", "kim"), ("USER", "lee"), ("IP", ["fixedIp": "10.0.0.1"]),
            ("IPRANGE", ["startingIp": "10.0.0.5", "endingIp": "10.0.0.9"]), ("APPLICATION", "kim:Shop"),
        ] as [(String, JSONValue)] {
            #expect(await fixture.call("POST", Self.list, body(type, value)).status == 201)
        }
        let encoded = query.utf8.map { "%" + String(Int($0) + 256, radix: 16).suffix(2) }.joined()
        #expect(await fixture.call("GET", "\(Self.list)?query=\(encoded)").json["count"]?.int == count)
    }

    @Test("an unknown search word is refused")
    func brokenSearch() async throws {
        let fixture = try await AdminFixture()
        #expect(await fixture.call("GET", "\(Self.list)?query=name:x").status == 400)
    }

    @Test("other tenants see and touch nothing, and may deny the same")
    func tenants() async throws {
        let fixture = try await AdminFixture()
        let id = try #require(await fixture.call("POST", Self.list, body("USER", "kim")).json["conditionId"]?.string)
        #expect(await fixture.call("GET", Self.list, as: "other").json["count"] == 0)
        for method in ["GET", "DELETE"] { #expect(await fixture.call(method, Self.one + id, as: "other").status == 404) }
        #expect(await fixture.call("PATCH", Self.one + id, ["conditionStatus": false], as: "other").status == 404)
        let theirs = await fixture.call("POST", Self.list, body("USER", "kim"), as: "other")
        #expect(theirs.json["conditionValue"] == "kim@example.com")
        #expect(await fixture.call("POST", Self.list, body("API", "/pizza/1.0.0"), as: "other").status == 400)
        #expect(await fixture.call("POST", Self.list, body("USER", "x"), as: "viewer").status == 403)
    }
}
