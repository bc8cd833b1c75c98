import ContractTesting
import Documents
import Testing

@testable import PublisherAPI

@Suite("The publisher's main path over REST")
struct MainPathTests {
    private let base = PublisherAPIFixture.base

    @Test("an API is created, found, changed, deployed, published and deleted")
    func mainPath() async throws {
        let fixture = try await PublisherAPIFixture()
        let client = fixture.client
        let created = await client.post(base + "/apis?openAPIVersion=v3", json: PublisherAPIFixture.api)
        #expect(created.status == 201)
        let id = try #require(created.json["id"]?.string)
        #expect(created.header("location") == "/apis/\(id)" || created.header("location")?.hasSuffix("/apis/\(id)") == true)
        #expect(created.json["context"] == "/pizza" && created.json["lifeCycleStatus"] == "CREATED")

        let list = await client.get(base + "/apis?query=name:piz")
        #expect(list.json["count"] == 1 && list.json["list"]?[0]?["id"] == JSONValue(id))
        #expect(list.json["pagination"]?["total"] == 1)

        let read = await client.get(base + "/apis/\(id)")
        #expect(read.json == created.json)
        let tag = try #require(read.header("etag"))
        #expect(await client.get(base + "/apis/\(id)", headers: [("If-None-Match", tag)]).status == 304)

        var changed = read.json
        changed["description"] = "Hot"
        #expect(await client.put(base + "/apis/\(id)", json: changed, headers: [("If-Match", tag)]).status == 200)
        #expect(await client.put(base + "/apis/\(id)", json: changed, headers: [("If-Match", tag)]).status == 412)

        let revision = await client.post(base + "/apis/\(id)/revisions", json: ["description": "first"])
        #expect(revision.status == 201 && revision.json["displayName"] == "Revision 1")
        let revisionID = try #require(revision.json["id"]?.string)
        let deployed = await client.post(
            base + "/apis/\(id)/deploy-revision?revisionId=\(revisionID)", json: [["name": "Default", "vhost": "localhost"]])
        #expect(deployed.status == 201 && deployed.json[0]?["name"] == "Default")
        #expect(await client.get(base + "/apis/\(id)/deployments").json["list"]?[0]?["revisionUuid"] == JSONValue(revisionID))

        let published = await client.send("POST", base + "/apis/change-lifecycle?apiId=\(id)&action=Publish")
        #expect(published.status == 200 && published.json["workflowStatus"] == "APPROVED")
        #expect(published.json["lifecycleState"]?["state"] == "PUBLISHED")
        #expect(await client.get(base + "/apis/\(id)/lifecycle-history").json["count"] == 2)

        #expect(await client.delete(base + "/apis/\(id)").status == 200)
        #expect(await client.get(base + "/apis/\(id)").code == 900308)
    }

    @Test("an API is imported from a file with properties, and its definition is answered")
    func imports() async throws {
        let fixture = try await PublisherAPIFixture()
        let text = """
            openapi: 3.0.1
            info: {title: Shop, version: 1.0.0}
            paths: {/items: {get: {responses: {"200": {description: ok}}}}}
            """
        let imported = await fixture.client.multipart(
            "POST", base + "/apis/import-openapi",
            [
                TestField("file", text, fileName: "shop.yaml"),
                TestField(
                    "additionalProperties",
                    "{\"name\":\"Shop\",\"version\":\"2.0.0\",\"context\":\"/shop\",\"policies\":[\"Gold\"]}"),
            ])
        #expect(imported.status == 201)
        let id = try #require(imported.json["id"]?.string)
        #expect(imported.json["version"] == "2.0.0" && imported.json["operations"]?[0]?["target"] == "/items")
        let definition = await fixture.client.get(base + "/apis/\(id)/swagger")
        #expect(definition.json["info"]?["version"] == "2.0.0" && definition.json["x-wso2-basePath"] == "/shop/2.0.0")
    }

    @Test(
        "a definition is validated with what is wrong as a value",
        arguments: [
            ("openapi: 3.0.0\ninfo: {title: a, version: 1}\npaths: {/x: {get: {responses: {}}}}", true),
            ("openapi: 4.0.0", false), ("{", false),
        ])
    func validates(_ text: String, _ isValid: Bool) async throws {
        let answer = try await PublisherAPIFixture().client.multipart(
            "POST", base + "/apis/validate-openapi?returnContent=true", [TestField("inlineAPIDefinition", text)])
        #expect(answer.status == 200)
        #expect(answer.json["isValid"] == JSONValue(isValid))
        #expect(isValid ? answer.json["info"]?["openAPIVersion"] == "3.0.0" : answer.json["errors"]?[0]?["code"] != nil)
    }

    @Test("an import names exactly one source")
    func sources() async throws {
        let client = try await PublisherAPIFixture().client
        #expect(
            await client.multipart(
                "POST", base + "/apis/import-openapi", [TestField("additionalProperties", PublisherAPIFixture.api.text)]
            ).code
                == 900700)
        let both = [TestField("url", "http://a.example"), TestField("inlineAPIDefinition", "{}")]
        #expect(await client.multipart("POST", base + "/apis/import-openapi", both).code == 400)
    }

    static let reads: [(String, String)] = [
        ("/apis/ID", "id"), ("/apis/ID/swagger", "openapi"), ("/apis/ID/lifecycle-state", "state"),
        ("/apis/ID/lifecycle-history", "list"), ("/apis/ID/revisions", "list"), ("/apis/ID/deployments", "list"),
        ("/apis/ID/resource-paths", "list"), ("/subscriptions?apiId=ID", "list"), ("/search?query=pizza", "list"),
        ("/throttling-policies/subscription", "list"), ("/throttling-policies/api", "list"),
        ("/throttling-policies/subscription/Gold", "tierPlan"), ("/throttling-policies/streaming/subscription", "list"),
        ("/scopes", "list"), ("/settings", "environment"), ("/tenants?state=active", "list"), ("/key-managers", "list"),
        ("/api-categories", "list"),
    ]

    @Test("what publishers look up is there", arguments: reads)
    func looksUp(_ path: String, _ member: String) async throws {
        let fixture = try await PublisherAPIFixture()
        let id = await fixture.create()
        let answer = await fixture.client.get(base + path.replacing("ID", with: id))
        #expect(answer.status == 200)
        #expect(answer.json[member] != nil)
    }

    @Test(
        "another tenant's user gets a 404 for each of an API's resources",
        arguments: [
            ("GET", "/apis/ID"), ("DELETE", "/apis/ID"), ("GET", "/apis/ID/swagger"), ("GET", "/apis/ID/thumbnail"),
            ("GET", "/apis/ID/lifecycle-state"), ("GET", "/apis/ID/lifecycle-history"), ("GET", "/apis/ID/revisions"),
            ("POST", "/apis/ID/revisions"), ("GET", "/apis/ID/deployments"), ("GET", "/apis/ID/resource-paths"),
            ("POST", "/apis/ID/generate-key"), ("GET", "/apis/ID/subscription-policies"),
            ("POST", "/apis/change-lifecycle?apiId=ID&action=Publish"), ("POST", "/apis/copy-api?apiId=ID&newVersion=2"),
            ("GET", "/subscriptions?apiId=ID"),
        ])
    func otherTenant(_ method: String, _ path: String) async throws {
        let fixture = try await PublisherAPIFixture()
        let id = await fixture.create()
        let eve = fixture.client.with(authorization: "Bearer eve")
        for header in [[], [("X-WSO2-Tenant", "carbon.super")]] as [[(name: String, value: String)]] {
            let answer = await eve.send(method, base + path.replacing("ID", with: id), headers: header)
            #expect(answer.status == 404)
        }
        #expect(await eve.get(base + "/apis").json["count"] == 0)
    }

    @Test(
        "a name is taken in any letter case",
        arguments: [
            ("name:pizza", 200), ("PIZZA", 200), ("name:Pasta", 404), ("context:/pizza", 404), ("", 400),
        ])
    func validatesName(_ query: String, _ expected: Int) async throws {
        let fixture = try await PublisherAPIFixture()
        _ = await fixture.create()
        #expect(await fixture.client.send("POST", base + "/apis/validate?query=\(query)").status == expected)
    }

    @Test("shared scopes are made, found by coded name, changed and deleted")
    func scopes() async throws {
        let client = try await PublisherAPIFixture().client
        let made = await client.post(
            base + "/scopes", json: ["name": "menu:read", "displayName": "Read", "bindings": ["admin"]])
        #expect(made.status == 201)
        let id = try #require(made.json["id"]?.string)
        // The coded form of `menu:read`.
        #expect(await client.send("HEAD", base + "/scopes/bWVudTpyZWFk").status == 200)
        #expect(await client.send("HEAD", base + "/scopes/bm8").status == 404)
        let changed = await client.put(base + "/scopes/\(id)", json: ["name": "x", "displayName": "Other"])
        #expect(changed.json["name"] == "menu:read" && changed.json["displayName"] == "Other")
        #expect(await client.get(base + "/scopes/\(id)/usage").json["usedApiList"] == [])
        #expect(await client.delete(base + "/scopes/\(id)").status == 200)
        #expect(await client.get(base + "/scopes/\(id)").code == 900981)
    }

    @Test(
        "roles and tenants are looked up by coded or plain name",
        arguments: [
            // `Internal/creator`, `nobody`
            ("/roles/SW50ZXJuYWwvY3JlYXRvcg==", 200), ("/roles/bm9ib2R5", 404), ("/roles/%25", 404),
            ("/me/roles/SW50ZXJuYWwvY3JlYXRvcg", 200), ("/me/roles/YWRtaW4=", 404), ("/tenants/example.com", 200),
            ("/tenants/nowhere.com", 404),
        ])
    func looksUpNames(_ path: String, _ expected: Int) async throws {
        #expect(try await PublisherAPIFixture().client.send("HEAD", base + path).status == expected)
    }

    @Test("a thumbnail goes in and out")
    func thumbnail() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = await fixture.create()
        let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]
        #expect(await fixture.client.get(base + "/apis/\(id)/thumbnail").status == 404)
        let put = await fixture.client.multipart(
            "PUT", base + "/apis/\(id)/thumbnail", [TestField("file", bytes: png, fileName: "a.png")])
        #expect(put.status == 201 && put.json["mediaType"] == "image/png")
        let read = await fixture.client.get(base + "/apis/\(id)/thumbnail")
        #expect(read.status == 200 && read.response.body == png && read.header("x-content-type-options") == "nosniff")
    }

    @Test("visitors learn only which scopes to ask for")
    func anonymousSettings() async throws {
        let answer = try await PublisherAPIFixture().client.with(authorization: nil).get(base + "/settings")
        #expect(answer.status == 200)
        #expect(answer.json == ["scopes": ["a"]])
    }

    @Test("a deployment is shown or hidden by the coded name of its environment")
    func deployment() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = await fixture.create()
        let revision = await fixture.client.post(base + "/apis/\(id)/revisions", json: [:]).json["id"]?.string ?? ""
        _ = await fixture.client.post(
            base + "/apis/\(id)/deploy-revision?revisionId=\(revision)", json: [["name": "Default", "vhost": "localhost"]])
        let hidden = await fixture.client.put(
            base + "/apis/\(id)/deployments/RGVmYXVsdA==", json: ["displayOnDevportal": false])
        #expect(hidden.status == 200 && hidden.json["displayOnDevportal"] == false)
        let undeployed = await fixture.client.post(
            base + "/apis/\(id)/undeploy-revision?revisionNumber=1", json: [["name": "Default"]])
        #expect(undeployed.status == 201 && undeployed.json == [])
        let restored = await fixture.client.send("POST", base + "/apis/\(id)/restore-revision?revisionId=\(revision)")
        #expect(restored.status == 201 && restored.json["id"] == JSONValue(id))
        #expect(await fixture.client.delete(base + "/apis/\(id)/revisions/\(revision)").json["count"] == 0)
    }
}
