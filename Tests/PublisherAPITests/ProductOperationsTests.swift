import ContractTesting
import Documents
import Testing

@testable import PublisherAPI

@Suite("API products over the publisher's REST interface")
struct ProductOperationsTests {
    private let base = PublisherAPIFixture.base
    private var path: String { base + "/api-products" }

    private func product(_ fixture: PublisherAPIFixture) async throws -> String {
        let api = await fixture.client.post(base + "/apis", json: PublisherAPIFixture.api)
        let target = try #require(api.json["operations"]?[0]?["target"])
        let created = await fixture.client.post(
            path,
            json: [
                "name": "Meal", "context": "/meal", "policies": ["Gold"], "description": "All of it",
                "apis": [["apiId": api.json["id"] ?? "", "operations": [["verb": "GET", "target": target]]]],
                "businessInformation": ["businessOwner": "Kim"], "tags": ["food"],
            ])
        #expect(created.status == 201 && created.json["state"] == "CREATED" && created.json["version"] == "1.0.0")
        #expect(created.json["tags"] == ["food"] && created.json["apiType"] == "APIPRODUCT")
        let id = try #require(created.json["id"]?.string)
        #expect(created.header("location")?.hasSuffix("/api-products/\(id)") == true)
        return id
    }

    @Test("a product is read, listed, changed and deleted")
    func life() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await product(fixture)
        let read = await fixture.client.get(path + "/\(id)")
        #expect(read.status == 200 && read.json["apis"]?[0]?["name"] == "Pizza")
        let list = await fixture.client.get(path + "?query=name:mea")
        #expect(list.json["count"] == 1 && list.json["list"]?[0]?["businessOwner"] == "Kim")
        let found = await fixture.client.get(base + "/search?query=Meal")
        #expect(found.json["list"]?[0]?["type"] == "APIProduct")
        let tag = try #require(read.header("etag"))
        var changed = read.json
        changed["description"] = "Less"
        changed["name"] = "Other"
        let updated = await fixture.client.put(path + "/\(id)", json: changed, headers: [("If-Match", tag)])
        #expect(updated.status == 200 && updated.json["description"] == "Less" && updated.json["name"] == "Meal")
        #expect(await fixture.client.put(path + "/\(id)", json: changed, headers: [("If-Match", tag)]).status == 412)
        #expect(await fixture.client.get(path + "/\(id)/is-outdated").json["isOutdated"] == false)
        let definition = await fixture.client.get(path + "/\(id)/swagger")
        #expect(definition.json["info"]?["title"] == "Meal" && definition.json["x-wso2-basePath"] == "/meal/1.0.0")
        let copy = await fixture.client.send(
            "POST", path + "/copy-api-products?apiProductId=\(id)&newVersion=2.0.0&defaultVersion=true")
        #expect(copy.status == 201 && copy.json["version"] == "2.0.0" && copy.json["isDefaultVersion"] == true)
        #expect(await fixture.client.delete(path + "/\(id)").status == 200)
        #expect(await fixture.client.get(path + "/\(id)").code == 900360)
    }

    @Test("a product has revisions, deployments, a lifecycle and a picture of its own")
    func shared() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await product(fixture)
        let revision = await fixture.client.post(path + "/\(id)/revisions", json: ["description": "first"])
        #expect(revision.status == 201)
        let revisionID = try #require(revision.json["id"]?.string)
        #expect(revision.header("location")?.hasSuffix("/api-products/\(id)/revisions/\(revisionID)") == true)
        #expect(await fixture.client.get(path + "/\(id)/revisions").json["count"] == 1)
        #expect(await fixture.client.get(path + "/\(id)/revisions/\(revisionID)").json["displayName"] == "Revision 1")
        let environments: JSONValue = [["name": "Default", "vhost": "localhost"]]
        let deployed = await fixture.client.post(path + "/\(id)/deploy-revision?revisionId=\(revisionID)", json: environments)
        #expect(deployed.status == 201)
        #expect(await fixture.client.get(path + "/\(id)/deployments").json["list"]?[0]?["name"] == "Default")
        let hidden = await fixture.client.put(path + "/\(id)/deployments/RGVmYXVsdA==", json: ["displayOnDevportal": false])
        #expect(hidden.json["displayOnDevportal"] == false)

        let state = await fixture.client.get(path + "/\(id)/lifecycle-state")
        #expect(state.json["state"] == "CREATED")
        let published = await fixture.client.send(
            "POST",
            path + "/change-lifecycle?apiProductId=\(id)&action=Publish"
                + "&lifecycleChecklist=Requires%20re-subscription%20when%20publishing%20the%20API%20Product:true")
        #expect(published.json["lifecycleState"]?["state"] == "PUBLISHED")
        #expect(await fixture.client.get(path + "/\(id)/lifecycle-history").json["count"] == 2)
        #expect(await fixture.client.delete(path + "/\(id)/lifecycle-state/pending-tasks").status >= 400)

        let undeployed = await fixture.client.post(
            path + "/\(id)/undeploy-revision?revisionId=\(revisionID)", json: [["name": "Default"]])
        #expect(undeployed.status == 201)
        let restored = await fixture.client.send("POST", path + "/\(id)/restore-revision?revisionId=\(revisionID)")
        #expect(restored.status == 201 && restored.json["name"] == "Meal")
        #expect(await fixture.client.delete(path + "/\(id)/revisions/\(revisionID)").status == 200)

        let picture = TestField("file", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], fileName: "a.png")
        let placed = await fixture.client.multipart("PUT", path + "/\(id)/thumbnail", [picture])
        #expect(placed.status < 300 && placed.json["relativePath"]?.string == "/api-products/\(id)/thumbnail")
        #expect(await fixture.client.get(path + "/\(id)/thumbnail").header("content-type") == "image/png")
        #expect(await fixture.client.get(base + "/apis/\(id)/thumbnail").status == 404)
    }

    @Test("who may not publish makes no product, and other tenants see none")
    func refusals() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await product(fixture)
        let reader = fixture.client.with(authorization: "Bearer reader")
        #expect(await reader.post(path, json: ["name": "X"]).status == 403)
        #expect(await reader.delete(path + "/\(id)").status == 403)
        #expect(await fixture.client.with(authorization: "Bearer eve").get(path + "/\(id)").code == 900360)
        #expect(await fixture.client.post(path, json: ["name": "X", "context": "/x", "policies": ["Gold"]]).code == 900763)
        #expect(await fixture.client.post(path, json: ["context": "/x"]).status == 400)
    }
}
