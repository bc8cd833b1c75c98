import ContractTesting
import Documents
import Testing

@Suite("Gateways in the contract martlet-v1")
struct GatewayOperationsTests {
    private static let base = MartletFixture.base

    private func client() async throws -> TestClient { try await MartletFixture().client }

    @Test("a token is made, shown once, listed and revoked; another tenant cannot see or touch it")
    func tokens() async throws {
        let client = try await client()
        let created = await client.post("\(Self.base)/gateway-tokens", json: ["name": "edge", "environments": ["Default"]])
        #expect(created.status == 201)
        #expect(created.json["token"]?.string?.hasPrefix("mgt_") == true)
        let id = try #require(created.json["id"]?.string)
        let listed = await client.get("\(Self.base)/gateway-tokens").json
        #expect(listed["count"] == 1)
        #expect(listed["list"]?[0]?["token"] == nil)
        #expect(listed["list"]?[0]?["createdBy"] == "admin@carbon.super")
        let other = client.with(authorization: "Bearer other")
        #expect(await other.get("\(Self.base)/gateway-tokens").json["count"] == 0)
        #expect(await other.delete("\(Self.base)/gateway-tokens/\(id)").status == 404)
        #expect(await client.post("\(Self.base)/gateway-tokens", json: ["name": "Edge"]).status == 409)
        #expect(await client.delete("\(Self.base)/gateway-tokens/\(id)").status == 200)
        #expect(await client.delete("\(Self.base)/gateway-tokens/\(id)").status == 404)
    }

    @Test(
        "broken tokens are refused",
        arguments: [
            [:], ["name": ""], ["name": " x"], ["name": "a/b"], ["name": 1], ["name": "a", "tenants": "x"],
            ["name": "a", "environments": [""]], ["name": "a", "unknown": 1],
        ] as [JSONValue])
    func broken(body: JSONValue) async throws {
        #expect(try await client().post("\(Self.base)/gateway-tokens", json: body).status == 400)
    }

    @Test("only administrators see tokens and gateways, and an API's gateways only who sees the API")
    func access() async throws {
        let publisher = try await client().with(authorization: "Bearer publisher")
        #expect(await publisher.get("\(Self.base)/gateway-tokens").status == 403)
        #expect(await publisher.get("\(Self.base)/gateways").status == 403)
        #expect(await publisher.get("\(Self.base)/apis/a/gateways").json == ["count": 0, "list": []])
        #expect(await publisher.get("\(Self.base)/apis/b/gateways").status == 404)
    }
}
