import ContractTesting
import Documents
import Model
import Testing

@Suite("Decisions in the contract martlet-v1")
struct DecisionOperationsTests {
    private static let path = "\(MartletFixture.base)/decisions"

    private static func record(_ id: String, activity: String? = nil, time: Int = 1, _ members: JSONValue = [:]) -> JSONValue {
        var record: JSONValue = [
            "requestId": JSONValue(id), "activityId": JSONValue(activity ?? id), "time": JSONValue(time),
            "tenantDomain": "carbon.super", "stage": "quota", "code": 900_803, "rule": "application-quota", "status": 429,
            "apiId": "a", "apiName": "Coffee", "applicationId": "shop", "applicationOwner": "lee", "endpoint": "http://b",
            "attempts": 0, "quotas": [["policy": "application:10PerMin", "remaining": 0]],
        ]
        for (name, value) in members.object ?? JSONObject() { record[name] = value }
        return record
    }

    @Test("a record tells where and why, in words, and what is left")
    func record() async throws {
        let fixture = try await MartletFixture(decisions: [Self.record("r")])
        let answer = await fixture.client.get("\(Self.path)/r")
        #expect(answer.status == 200, "\(answer.text)")
        let json = answer.json
        #expect(json["outcome"] == "REFUSED" && json["stage"] == "quota" && json["rule"] == "application-quota")
        #expect(json["explanation"] == "The quota of the application is used up for this window.")
        #expect(json["api"]?["name"] == "Coffee" && json["application"]?["owner"] == "lee" && json["gatewayId"] == "g")
        #expect(json["quotas"]?[0]?["remaining"] == 0 && json["backend"]?["endpoint"] == "http://b")
    }

    @Test("an activity id of several requests leads to the newest, which names the others")
    func shared() async throws {
        let fixture = try await MartletFixture(decisions: [
            Self.record("old", activity: "mine", time: 1), Self.record("new", activity: "mine", time: 3),
            Self.record("middle", activity: "mine", time: 2),
        ])
        let json = await fixture.client.get("\(Self.path)/mine").json
        #expect(json["requestId"] == "new" && json["otherRequestIds"] == ["middle", "old"])
        #expect(await fixture.client.get("\(Self.path)/old").json["requestId"] == "old")
    }

    @Test(
        "publishers see what leads to their APIs or to none, consumers their own without the back end, others nothing",
        arguments: [
            ("publisher", ["apiId": "a"], 200, true), ("publisher", ["apiId": "b"], 404, false),
            ("publisher", ["apiId": nil], 200, true), ("consumer", ["apiId": "b"], 200, false),
            ("stranger", ["apiId": "a"], 404, false), ("other", ["apiId": "a"], 404, false),
            ("admin", ["apiId": "b"], 200, true),
        ] as [(String, [String: String?], Int, Bool)])
    func access(caller: String, members: [String: String?], status: Int, showsBackend: Bool) async throws {
        var record = Self.record("r")
        record["apiId"] = members["apiId"].flatMap { $0 }.map { JSONValue($0) }
        let fixture = try await MartletFixture(decisions: [record])
        let answer = await fixture.client(caller).get("\(Self.path)/r")
        #expect(answer.status == status)
        #expect((answer.json["backend"] != nil) == showsBackend)
    }

    @Test("what is not known is a 404, and a rule of a newer gateway has no words but does no harm")
    func unknown() async throws {
        let fixture = try await MartletFixture(decisions: [Self.record("r", ["rule": "from-the-future"])])
        #expect(await fixture.client.get("\(Self.path)/none").status == 404)
        #expect(await fixture.client.get("\(Self.path)/r").json["rule"] == "other")
        #expect(await fixture.client.get("\(Self.path)/\(String(repeating: "x", count: 200))").status == 400)
    }
}
