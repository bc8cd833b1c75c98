import ContractTesting
import Documents
import Testing

@testable import AdminAPI

@Suite("Environments and settings of the admin contract")
struct EnvironmentOperationsTests {
    private static let environment: JSONValue = [
        "name": "eu-west", "displayName": "Europe", "description": "Dublin", "type": "production",
        "vhosts": [["host": "eu.example", "httpContext": "gw", "httpPort": 8080, "httpsPort": 8443]],
        "permissions": ["permissionType": "ALLOW", "roles": ["ops"]], "additionalProperties": [["key": "a", "value": "b"]],
    ]

    @Test("the shipped environment is listed and read-only")
    func shipped() async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call("GET", "/environments", as: "viewer")
        #expect(answer.json["count"] == 1)
        let shipped = try #require(answer.json["list"]?[0])
        #expect(shipped["name"] == "Default")
        #expect(shipped["isReadOnly"] == true)
        #expect(shipped["vhosts"]?[0]?["httpPort"] == 8280)
        #expect(shipped["vhosts"]?[0]?["httpsPort"] == 8243)
        #expect(shipped["vhosts"]?[0]?["wsPort"] == 9099)
        #expect(await fixture.call("DELETE", "/environments/Default").code == 900508)
    }

    @Test("an environment is created, read, changed and deleted")
    func lifeCycle() async throws {
        let fixture = try await AdminFixture()
        let created = await fixture.call("POST", "/environments", Self.environment)
        #expect(created.status == 201)
        let id = try #require(created.json["id"]?.string)
        for member in ["name", "displayName", "description", "type", "permissions", "additionalProperties"] {
            #expect(created.json[member] == Self.environment[member])
        }
        #expect(created.json["vhosts"]?[0]?["httpContext"] == "gw")
        #expect(await fixture.call("GET", "/environments/\(id)").json == created.json)
        #expect(await fixture.call("GET", "/environments/\(id)", as: "other").code == 900506)
        var changed = Self.environment
        changed["description"] = "Cork"
        #expect(await fixture.call("PUT", "/environments/\(id)", changed).json["description"] == "Cork")
        #expect(await fixture.call("POST", "/environments", Self.environment).code == 900507)
        #expect(await fixture.call("DELETE", "/environments/\(id)").status == 200)
        #expect(await fixture.call("GET", "/environments/\(id)").status == 404)
    }

    @Test(
        "broken environments are refused",
        arguments: [
            ["name": "a/../b"], ["name": "a b"], ["name": ""], ["vhosts": []], ["vhosts": [["host": ""]]], ["mode": "NONSENSE"],
            ["vhosts": [["host": "a"], ["host": "A"]]], ["vhosts": "a"], ["unknown": true],
        ] as [JSONValue])
    func broken(members: JSONValue) async throws {
        let fixture = try await AdminFixture()
        var environment = Self.environment
        for (name, value) in try #require(members.object) { environment[name] = value }
        let answer = await fixture.call("POST", "/environments", environment)
        #expect(answer.status == 400)
    }

    @Test("without a credential the settings tell the scopes only")
    func settings() async throws {
        let fixture = try await AdminFixture()
        let anonymous = await fixture.client.with(authorization: nil).get("\(AdminFixture.base)/settings")
        #expect(anonymous.json == ["scopes": ["apim:admin"]])
        let answer = await fixture.call("GET", "/settings")
        #expect(answer.json["gatewayTypes"] == ["Regular"])
    }
}
