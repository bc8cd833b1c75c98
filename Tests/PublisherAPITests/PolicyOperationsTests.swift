import ContractTesting
import Documents
import Testing

@testable import PublisherAPI

@Suite("Policies over the publisher's REST interface")
struct PolicyOperationsTests {
    private let base = PublisherAPIFixture.base
    private var path: String { base + "/operation-policies" }

    private let fields = [
        TestField(
            "policySpecFile",
            """
            type: operation_policy_specification
            version: v4.6.0
            data:
              {category: Mediation, name: season, version: v1, displayName: Season, applicableFlows: [request], supportedGateways: [Synapse],
               supportedApiTypes: [HTTP], policyAttributes: [{name: amount, displayName: Amount, type: Integer, required: true}]}
            """, fileName: "season.yaml"),
        TestField("synapsePolicyDefinitionFile", "function on_request() end", fileName: "season.lua"),
    ]

    @Test("a policy for all APIs is added, found, exported, imported and deleted")
    func common() async throws {
        let client = try await PublisherAPIFixture().client
        let added = await client.multipart("POST", path, fields)
        let id = try #require(added.json["id"]?.string)
        #expect(added.status == 201 && added.header("location")?.hasSuffix("/operation-policies/\(id)") == true)
        #expect(added.json["isAPISpecific"] == false && added.json["policyAttributes"]?[0]?["type"] == "Integer")
        #expect(await client.get(path + "/\(id)").json == added.json)
        let found = await client.get(path + "?query=name:season")
        #expect(found.json["list"] == [added.json] && found.json["pagination"]?["total"] == 1)
        #expect(await client.multipart("POST", path, fields).code == 903001)

        let exported = await client.get(path + "/export?name=season&version=v1&format=JSON")
        #expect(exported.status == 200 && exported.header("content-type") == "application/zip")
        #expect(exported.header("content-disposition") == "attachment; filename=\"season_v1.zip\"")
        #expect(await client.get(path + "/export?name=season&version=v1&format=PDF").status == 400)
        #expect(await client.get(path + "/\(id)/content").status == 200)
        let archive = [TestField("file", bytes: exported.response.body, fileName: "season.zip")]
        #expect(await client.multipart("POST", path + "/import", archive).code == 903001)
        #expect(await client.delete(path + "/\(id)").status == 200)
        #expect(await client.get(path + "/\(id)").code == 902010)
        #expect(await client.multipart("POST", path + "/import", archive).status == 200)
        #expect(await client.get(path + "?query=name:season").json["list"]?[0]?["md5"] == added.json["md5"])
    }

    @Test("a policy of one API is seen there only")
    func own() async throws {
        let fixture = try await PublisherAPIFixture()
        let own = base + "/apis/\(await fixture.create())/operation-policies"
        let added = await fixture.client.multipart("POST", own, fields)
        let id = try #require(added.json["id"]?.string)
        #expect(added.status == 201 && added.json["isAPISpecific"] == true)
        #expect(await fixture.client.get(own).json["count"] == 1)
        #expect(await fixture.client.get(own + "/\(id)").json == added.json)
        #expect(await fixture.client.get(own + "/\(id)/content").header("content-type") == "application/zip")
        #expect(await fixture.client.get(path + "/\(id)").code == 902010)
        #expect(await fixture.client.delete(own + "/\(id)").status == 200)
        #expect(await fixture.client.get(own).json["count"] == 0)
    }

    @Test("parameters may be texts, numbers and booleans")
    func parameters() async throws {
        let client = try await PublisherAPIFixture().client
        _ = await client.multipart("POST", path, fields)
        var api = PublisherAPIFixture.api
        api["apiPolicies"] = ["request": [["policyName": "season", "policyVersion": "v1", "parameters": ["amount": 3]]]]
        let created = await client.post(base + "/apis", json: api)
        #expect(created.status == 201)
        #expect(created.json["apiPolicies"]?["request"]?[0]?["parameters"] == ["amount": "3"])
        api["name"] = "Pasta"
        api["context"] = "/pasta"
        api["apiPolicies"] = ["request": [["policyName": "season", "policyVersion": "v1", "parameters": ["amount": [3]]]]]
        #expect(await client.post(base + "/apis", json: api).code == 903212)
    }

    @Test("policies for a whole gateway are added, deployed, changed and deleted")
    func gateway() async throws {
        let client = try await PublisherAPIFixture().client
        let path = base + "/gateway-policies"
        let flows: JSONValue = [
            "request": [
                [
                    "policyName": "addHeader", "policyVersion": "v2",
                    "parameters": ["headerName": "X-Region", "headerValue": "eu"],
                ]
            ]
        ]
        let added = await client.post(path, json: ["displayName": "Region", "description": "where", "policyMapping": flows])
        let id = try #require(added.json["id"]?.string)
        #expect(added.status == 201 && added.header("location")?.hasSuffix("/gateway-policies/\(id)") == true)
        let deployment: JSONValue = [["gatewayLabel": "Default", "gatewayDeployment": true]]
        let deployed = await client.post(path + "/\(id)/deploy", json: deployment)
        #expect(deployed.json == [["gatewayLabel": "Default", "gatewayDeployment": true, "mappingUUID": JSONValue(id)]])
        let listed = await client.get(path + "?query=name:reg")
        #expect(listed.json["list"]?[0]?["appliedGatewayLabels"] == ["Default"])
        var read = await client.get(path + "/\(id)").json
        #expect(read["policyMapping"]?["request"]?[0]?["policyName"] == "addHeader")
        read["displayName"] = "Area"
        #expect(await client.put(path + "/\(id)", json: read).json["displayName"] == "Area")
        #expect(await client.delete(path + "/\(id)").status == 412)
        _ = await client.post(path + "/\(id)/deploy", json: [["gatewayLabel": "Default", "gatewayDeployment": false]])
        #expect(await client.delete(path + "/\(id)").status == 200)
        #expect(await client.get(path + "/\(id)").status == 404)
    }

    @Test("without the scopes nothing is told, and another tenant finds nothing")
    func callers() async throws {
        let client = try await PublisherAPIFixture().client
        let id = await client.multipart("POST", path, fields).json["id"]?.string ?? ""
        let reader = client.with(authorization: "Bearer reader")
        #expect(await reader.get(path).status == 403)
        #expect(await reader.get(base + "/gateway-policies").status == 403)
        #expect(await reader.multipart("POST", path, fields).status == 403)
        let stranger = client.with(authorization: "Bearer eve")
        #expect(await stranger.get(path + "/\(id)").code == 902010)
        #expect(await stranger.get(path + "/export?name=season&version=v1").code == 903004)
        #expect(await stranger.get(path + "?query=name:season").json["count"] == 0)
        #expect(await stranger.multipart("POST", path, fields).status == 201)
    }
}
