import Documents
import Model
import Testing

@testable import DevOpsAPI

@Suite("Logs in the contract devops-v0")
struct DevOpsOperationsTests {
    private static let logs = "\(DevOpsFixture.base)/tenant-logs/carbon.super/apis"
    private static let correlation = "\(DevOpsFixture.base)/config/correlation/"

    @Test("levels of APIs and operations are set, listed, and known to gateways")
    func levels() async throws {
        let fixture = try await DevOpsFixture()
        let client = fixture.client
        let off: JSONValue = [
            "apis": [
                ["context": "/one/1.0.0", "logLevel": "OFF", "apiId": "one"],
                ["context": "/two/1.0.0", "logLevel": "OFF", "apiId": "two"],
            ]
        ]
        #expect(await client.get("\(Self.logs)/").json == off)
        let set = await client.put("\(Self.logs)/one", json: ["logLevel": "full"])
        #expect(set.json["apis"] == [["context": "/one/1.0.0", "logLevel": "FULL", "apiId": "one"]])
        let operation = await client.put(
            "\(Self.logs)/one", json: ["logLevel": "Basic", "resourceMethod": "get", "resourcePath": "menu"])
        #expect(operation.json["apis"]?.array?.count == 2)
        #expect(
            await client.get("\(Self.logs)/one").json["apis"]?[1] == [
                "context": "/one/1.0.0", "logLevel": "BASIC", "apiId": "one", "resourceMethod": "GET", "resourcePath": "/menu",
            ])
        #expect(await client.get("\(Self.logs)/?log-level=full").json["apis"]?.array?.map { $0["apiId"] } == ["one"])
        #expect(await client.get("\(Self.logs)/?log-level=OFF").json["apis"]?.array?.map { $0["apiId"] } == ["two"])
        let rules = [APILogRule(level: .full), APILogRule(verb: "GET", target: "/menu", level: .basic)]
        #expect(
            try await fixture.gatewayLogging() == [.api(GatewayAPILog(tenant: -1234, apiID: "one", rules: rules))])
    }

    @Test("what is switched off is removed from the gateways")
    func off() async throws {
        let fixture = try await DevOpsFixture()
        #expect(await fixture.client.put("\(Self.logs)/one", json: ["logLevel": "STANDARD"]).status == 200)
        #expect(try await fixture.gatewayLogging().count == 1)
        #expect(await fixture.client.put("\(Self.logs)/one", json: ["logLevel": "OFF"]).status == 200)
        #expect(try await fixture.gatewayLogging().isEmpty)
    }

    @Test(
        "bad levels are refused",
        arguments: [
            [:], ["logLevel": ""], ["logLevel": "LOUD"], ["logLevel": "FULL", "resourceMethod": "GET"],
            ["logLevel": "FULL", "resourcePath": "/menu"],
            ["logLevel": "FULL", "resourceMethod": "PUT", "resourcePath": "/menu"], ["logLevel": "FULL", "more": 1],
        ] as [JSONValue])
    func broken(body: JSONValue) async throws {
        let fixture = try await DevOpsFixture()
        #expect(await fixture.client.put("\(Self.logs)/one", json: body).status == 400)
        #expect(try await fixture.gatewayLogging().isEmpty)
    }

    @Test("only administrators of the super tenant see and set logs, those of other tenants too")
    func access() async throws {
        let fixture = try await DevOpsFixture()
        for name in ["Bearer other", "Bearer user"] {
            let client = fixture.client.with(authorization: name)
            let answers = [
                await client.get("\(Self.logs)/"), await client.get("\(Self.logs)/one"),
                await client.put("\(Self.logs)/one", json: ["logLevel": "FULL"]),
                await client.put(Self.correlation, json: ["components": [["name": "http", "enabled": "true"]]]),
            ]
            for answer in answers { #expect(answer.status == 403 && answer.json["code"] == 900915) }
        }
        #expect(await fixture.client.with(authorization: nil).get("\(Self.logs)/").status == 401)
        let others = "\(DevOpsFixture.base)/tenant-logs/example.com/apis"
        #expect(await fixture.client.put("\(others)/one-1", json: ["logLevel": "FULL"]).status == 200)
        #expect(await fixture.client.get("\(others)/one").status == 404)
        #expect(await fixture.client.get("\(Self.logs)/one-1").status == 404)
        #expect(await fixture.client.get("\(DevOpsFixture.base)/tenant-logs/nowhere.example/apis/").status == 404)
        #expect(try await fixture.gatewayLogging().map(\.tenant) == [1])
    }

    @Test("the components of the correlation log keep what they were set to")
    func correlation() async throws {
        let fixture = try await DevOpsFixture()
        let before = await fixture.client.get(Self.correlation).json["components"]?.array ?? []
        #expect(before.map { $0["name"] } == ["http", "jdbc", "ldap", "synapse", "method-calls"])
        #expect(before.allSatisfy { $0["enabled"] == "false" })
        let jdbc: JSONValue = [
            "name": "jdbc", "enabled": "true", "properties": [["name": "deniedThreads", "value": ["A", "B"]]],
        ]
        #expect(await fixture.client.put(Self.correlation, json: ["components": [jdbc]]).json["components"]?[1] == jdbc)
        #expect(try await fixture.gatewayLogging() == [.correlation(isEnabled: false)])
        let http: JSONValue = ["components": [["name": "http", "enabled": "true"]]]
        #expect(await fixture.client.put(Self.correlation, json: http).status == 200)
        #expect(try await fixture.gatewayLogging() == [.correlation(isEnabled: true)])
        // A tenant's administrator may look.
        let other = await fixture.client.with(authorization: "Bearer other").get(Self.correlation).json["components"]
        #expect(other?[0]?["enabled"] == "true" && other?[1] == jdbc)
        #expect(await fixture.client.with(authorization: "Bearer user").get(Self.correlation).status == 403)
    }

    @Test("unknown components and flags are refused", arguments: [("smtp", "true"), ("http", "maybe"), ("", "true")])
    func brokenComponents(name: String, enabled: String) async throws {
        let fixture = try await DevOpsFixture()
        let body: JSONValue = ["components": [["name": JSONValue(name), "enabled": JSONValue(enabled)]]]
        #expect(await fixture.client.put(Self.correlation, json: body).status == 400)
    }
}
