import ContractRouter
import ContractTesting
import Documents
import Testing

@Suite("Request bodies")
struct BodyTests {
    private static let api: JSONValue = ["name": "Coffee", "context": "/coffee", "version": "1.0.0"]

    private func client(configuration: EngineConfiguration = EngineConfiguration()) throws -> TestClient {
        var client = try Fixture.client(configuration: configuration) { handlers in
            handlers.handle("publisher-v4", "createAPI") { request in .created(request.json, location: "/apis/1") }
            handlers.handle("publisher-v4", "importOpenAPIDefinition") { request in
                .created(request.part("additionalProperties")?.json ?? .null, location: "/apis/1")
            }
        }
        client.checksAnswers = false
        return client
    }

    private func create(_ changes: [String: JSONValue]) async throws -> TestAnswer {
        var api = Self.api
        for (name, value) in changes { api[name] = value }
        return try await client().post("/api/am/publisher/v4/apis", json: api)
    }

    @Test("a body that meets the schema reaches the handler")
    func valid() async throws {
        let answer = try await create([:])
        #expect(answer.status == 201)
        #expect(answer.json == Self.api)
        #expect(answer.header("location") == "/apis/1")
    }

    @Test(
        "a body that breaks the schema is a 400 that names the member",
        arguments: [
            (["colour": "red"], "Unrecognized property 'colour'"), (["name": 7], "name"),
            (["isDefaultVersion": "maybe"], "isDefaultVersion"),
            (["visibility": "SECRET"], "visibility"), (["tags": "a"], "tags"), (["businessInformation": ["boss": "x"]], "boss"),
        ] as [([String: JSONValue], String)])
    func invalid(changes: [String: JSONValue], named: String) async throws {
        let answer = try await create(changes)
        #expect(answer.status == 400)
        #expect(answer.code == 400)
        #expect(answer.json["message"]?.string == "Bad Request")
        #expect(answer.json["description"]?.string?.contains(named) == true, "\(answer.text)")
    }

    @Test("a missing member is named")
    func missing() async throws {
        let answer = try await client().post("/api/am/publisher/v4/apis", json: ["name": "Coffee", "version": "1"])
        #expect(answer.status == 400)
        #expect(answer.json["description"]?.string?.contains("context") == true)
    }

    @Test("booleans in quotes are coerced, null is absent, readOnly members are ignored")
    func leniency() async throws {
        let answer = try await create([
            "isDefaultVersion": "true", "description": nil, "lastUpdatedTime": "1", "workflowStatus": "x",
        ])
        #expect(answer.status == 201)
        #expect(answer.json["isDefaultVersion"] == true)
        #expect(answer.json["description"] == nil)
    }

    @Test(
        "text that is no JSON, or hostile JSON, is a 400",
        arguments: [
            "{", "[1,]", "nul", "{\"name\":\"\\u0000\"}", String(repeating: "[", count: 100_000), "\u{1}", "{\"a\":1}x",
            "\"\\ud800\"",
        ])
    func malformed(text: String) async throws {
        let answer = try await client().send(
            "POST", "/api/am/publisher/v4/apis", headers: [("Content-Type", "application/json")], body: Array(text.utf8))
        #expect(answer.status == 400)
        #expect(answer.code == 400)
    }

    @Test("an empty body where one is required is a 400")
    func empty() async throws {
        let answer = try await client().send(
            "POST", "/api/am/publisher/v4/apis", headers: [("Content-Type", "application/json")])
        #expect(answer.status == 400)
        #expect(answer.json["description"]?.string == "Request payload cannot be empty.")
    }

    @Test(
        "a media type that the contract does not list is a 415",
        arguments: ["text/plain", "application/xml", "", "multipart/form-data; boundary=x"])
    func mediaType(type: String) async throws {
        let answer = try await client().send(
            "POST", "/api/am/publisher/v4/apis", headers: [("Content-Type", type)], body: Self.api.serialized())
        #expect(answer.status == 415)
    }

    @Test("a body over the limit is a 413")
    func tooLarge() async throws {
        let small = EngineConfiguration(documentLimit: 20)
        let answer = try await client(configuration: small).post("/api/am/publisher/v4/apis", json: Self.api)
        #expect(answer.status == 413)
        #expect(answer.code == 413)
    }

    @Test("JSON text in a multipart field is checked against the schema that the contract names")
    func jsonField() async throws {
        let path = "/api/am/publisher/v4/apis/import-openapi"
        let good = try await client().multipart(
            "POST", path,
            [TestField("additionalProperties", Self.api.text), TestField("file", "openapi: 3.0.0", fileName: "a.yaml")])
        #expect(good.status == 201)
        #expect(good.json == Self.api)
        for text in ["{", "{\"name\":\"x\"}", "{\"name\":\"x\",\"context\":\"/x\",\"version\":\"1\",\"colour\":1}"] {
            let bad = try await client().multipart("POST", path, [TestField("additionalProperties", text)])
            #expect(bad.status == 400)
            #expect(bad.code == 903216)
        }
    }

    @Test("a field that the contract does not list is a 400")
    func unknownField() async throws {
        let answer = try await client().multipart(
            "POST", "/api/am/publisher/v4/apis/import-openapi", [TestField("colour", "red")])
        #expect(answer.status == 400)
        #expect(answer.json["description"]?.string?.contains("colour") == true)
    }

    @Test(
        "a malformed multipart body is a 400",
        arguments: [
            "no boundary at all", "--x", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nunclosed",
            "--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--", "--x\r\nbroken header\r\n\r\n1\r\n--x--",
            "--x\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n1\r\n--xy--",
            "--x" + String(repeating: "a", count: 9000),
            String(repeating: "--x\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n1\r\n", count: 100) + "--x--",
            "--x\r\n\(String(repeating: "a", count: 9000)): b\r\n\r\n1\r\n--x--",
        ])
    func malformedMultipart(body: String) async throws {
        let answer = try await client().send(
            "POST", "/api/am/publisher/v4/apis/import-openapi", headers: [("Content-Type", "multipart/form-data; boundary=x")],
            body: Array(body.utf8))
        #expect(answer.status == 400)
    }

    @Test("every operation's rules can be compiled")
    func rules() async throws {
        for contract in Contract.all {
            for operation in contract.operations {
                #expect(throws: Never.self, "\(contract.name) \(operation.id)") { try operation.rules(in: contract) }
            }
        }
    }
}
