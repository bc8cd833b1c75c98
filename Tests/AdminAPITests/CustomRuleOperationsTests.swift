import ContractTesting
import Documents
import Testing

@testable import AdminAPI

@Suite("Custom rules of the admin contract")
struct CustomRuleOperationsTests {
    static let path = "/throttling/policies/custom"
    static let query = """
        FROM RequestStream SELECT userId, (userId == 'kim@carbon.super') AS isEligible, userId AS throttleKey INSERT INTO EligibilityStream;
        FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min) SELECT throttleKey, (count(throttleKey) >= 5) AS isThrottled,
        expiryTimeStamp GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream;
        """

    private func rule(_ name: String, template: String = "$userId", query: String = Self.query) -> JSONValue {
        [
            "policyName": JSONValue(name), "description": "for tests", "keyTemplate": JSONValue(template),
            "siddhiQuery": JSONValue(query),
        ]
    }

    @Test("a rule is created, read, changed and deleted")
    func lifeCycle() async throws {
        let fixture = try await AdminFixture()
        let created = await fixture.call("POST", Self.path, rule("Mine"))
        #expect(created.status == 201, "\(created.json.text)")
        let id = try #require(created.json["policyId"]?.string)
        #expect(created.header("location")?.hasSuffix("\(Self.path)/\(id)") == true)
        #expect(created.json["siddhiQuery"] == JSONValue(Self.query) && created.json["keyTemplate"] == "$userId")
        #expect(await fixture.call("GET", "\(Self.path)/\(id)").json == created.json)
        #expect(await fixture.call("GET", Self.path).json["count"] == 1)
        let changed = await fixture.call("PUT", "\(Self.path)/\(id)", rule("Other", template: "$userId:$appId"))
        #expect(
            changed.status == 200 && changed.json["keyTemplate"] == "$userId:$appId" && changed.json["policyName"] == "Mine")
        #expect(await fixture.call("POST", Self.path, rule("Mine")).status == 409)
        #expect(await fixture.call("DELETE", "\(Self.path)/\(id)").status == 200)
        for method in ["GET", "DELETE"] { #expect(await fixture.call(method, "\(Self.path)/\(id)").status == 404) }
        #expect(await fixture.call("PUT", "\(Self.path)/\(id)", rule("Mine")).status == 404)
    }

    @Test("a rule that gateways cannot evaluate is refused with place and reason")
    func refused() async throws {
        let fixture = try await AdminFixture()
        let broken = Self.query.replacing("userId ==", with: "user ==")
        let answer = await fixture.call("POST", Self.path, rule("Mine", query: broken))
        #expect(answer.status == 400)
        #expect(
            answer.json["description"]?.string?.hasPrefix("siddhiQuery, line 1, column 36: there is no attribute 'user'")
                == true)
        let template = await fixture.call("POST", Self.path, rule("Mine", template: "$nobody"))
        #expect(
            template.json["description"]?.string?.hasPrefix("keyTemplate, line 1, column 1: there is no variable $nobody")
                == true)
        #expect(await fixture.call("POST", Self.path, rule("a b")).code == 900706)
        #expect(await fixture.call("POST", Self.path, ["policyName": "Mine"]).status == 400)
        let id = try #require(await fixture.call("POST", Self.path, rule("Mine")).json["policyId"]?.string)
        #expect(await fixture.call("PUT", "\(Self.path)/\(id)", rule("Mine", query: broken)).status == 400)
        #expect(await fixture.call("GET", "\(Self.path)/\(id)").json["siddhiQuery"] == JSONValue(Self.query))
    }

    @Test("administrators of other tenants are refused everywhere")
    func tenants() async throws {
        let fixture = try await AdminFixture()
        let id = try #require(await fixture.call("POST", Self.path, rule("Mine")).json["policyId"]?.string)
        #expect(await fixture.call("GET", Self.path, as: "other").status == 403)
        #expect(await fixture.call("POST", Self.path, rule("Theirs"), as: "other").status == 403)
        for method in ["GET", "DELETE"] { #expect(await fixture.call(method, "\(Self.path)/\(id)", as: "other").status == 403) }
        #expect(await fixture.call("PUT", "\(Self.path)/\(id)", rule("Mine"), as: "other").status == 403)
        #expect(await fixture.call("GET", "/throttling/policies/search?query=type:global", as: "other").json["count"] == 0)
    }

    @Test("rules are found by a search, exported and imported")
    func transfer() async throws {
        let fixture = try await AdminFixture()
        _ = await fixture.call("POST", Self.path, rule("Mine"))
        #expect(
            await fixture.call("GET", "/throttling/policies/search?query=type:global").json["list"]?[0]?["policyName"] == "Mine"
        )
        let exported = await fixture.call("GET", "/throttling/policies/export?type=global&name=Mine")
        #expect(exported.json["subtype"] == "custom rule" && exported.json["data"]?["keyTemplate"] == "$userId")
        let field = TestField("file", bytes: exported.json.serialized(), fileName: "rule.json")
        func imported(_ query: String) async -> Int {
            await fixture.client.multipart("POST", "\(AdminFixture.base)/throttling/policies/import\(query)", [field]).status
        }
        #expect(await imported("") == 409)
        #expect(await imported("?overwrite=true") == 200)
        let id = try #require(await fixture.call("GET", Self.path).json["list"]?[0]?["policyId"]?.string)
        #expect(await fixture.call("DELETE", "\(Self.path)/\(id)").status == 200)
        #expect(await imported("") == 200)
        #expect(await fixture.call("GET", Self.path).json["count"] == 1)
    }
}
