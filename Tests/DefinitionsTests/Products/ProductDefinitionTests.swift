import Definitions
import Documents
import Testing

@Suite("The definition of a product is made of its APIs' definitions")
struct ProductDefinitionTests {
    private func document(_ parts: [(yaml: String, operations: [(String, String)])]) throws -> JSONValue {
        let parts = try parts.map { part in
            ProductDefinition.Part(
                document: try YAMLDocument.parse(part.yaml), operations: part.operations.map { (verb: $0.0, target: $0.1) })
        }
        return try ProductDefinition(parts: parts).document(maximumSize: 1 << 20)
    }

    private let pizza = """
        openapi: 3.0.3
        info: {title: Pizza, version: "1"}
        security: [{key: []}]
        paths:
          /menu:
            parameters: [{name: page, in: query, schema: {type: integer}}, {name: q, in: query, schema: {type: string}}]
            get:
              operationId: list
              parameters: [{name: q, in: query, description: own, schema: {type: string}}]
              responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
            delete: {responses: {}}
          /secret: {get: {responses: {"200": {$ref: "#/components/responses/Secret"}}}}
        components:
          schemas: {Item: {properties: {next: {$ref: "#/components/schemas/Item"}}}, Unused: {type: string}}
          responses: {Secret: {description: s}}
        """
    private let drinks = """
        swagger: "2.0"
        info: {title: Drinks, version: "1"}
        consumes: [application/json]
        produces: [application/xml]
        paths:
          /menu:
            post:
              operationId: list
              parameters: [{$ref: "#/parameters/body"}, {name: X-Size, in: header, type: array, items: {type: string}, collectionFormat: csv}]
              responses: {"201": {description: made, schema: {$ref: "#/definitions/Item"}, headers: {X-A: {type: integer}}}}
          /photo:
            put:
              consumes: [multipart/form-data]
              parameters: [{name: file, in: formData, type: file, required: true}, {name: note, in: formData, type: string}]
              responses: {default: {$ref: "#/responses/Done"}}
        parameters: {body: {name: b, in: body, required: true, schema: {$ref: "#/definitions/Item"}}}
        responses: {Done: {description: done}}
        definitions: {Item: {type: string}}
        """

    @Test("only chosen operations are there, with the parameters of their path and what they refer to")
    func chosen() throws {
        let document = try document([(pizza, [("GET", "/menu")])])
        #expect(document["paths"]?.object?.names == ["/menu"])
        let operation = document["paths"]?["/menu"]?["get"]
        #expect(document["paths"]?["/menu"]?["delete"] == nil)
        #expect(operation?["parameters"]?.array?.compactMap { $0["name"]?.string } == ["page", "q"])
        #expect(operation?["parameters"]?[1]?["description"] == "own")
        #expect(document["components"]?["schemas"]?.object?.names == ["Item"])
        #expect(document["components"]?["responses"] == nil)
        #expect(DefinitionCheck.findings(in: document).isEmpty)
    }

    @Test("things of one name in two APIs keep apart, and version 2 becomes version 3")
    func mixed() throws {
        let document = try document([(pizza, [("GET", "/menu")]), (drinks, [("POST", "/menu"), ("PUT", "/photo")])])
        #expect(document["openapi"] == "3.0.1")
        #expect(document["components"]?["schemas"]?.object?.names.sorted() == ["Item", "Item_2"])
        let post = document["paths"]?["/menu"]?["post"]
        // The id is taken by the other API.
        #expect(document["paths"]?["/menu"]?["get"]?["operationId"] == "list" && post?["operationId"] == nil)
        let body = post?["requestBody"]
        #expect(body?["content"]?["application/json"]?["schema"]?["$ref"] == "#/components/schemas/Item_2")
        #expect(body?["required"] == true)
        #expect(post?["parameters"]?.array?.count == 1)
        #expect(post?["parameters"]?[0]?["schema"]?["items"]?["type"] == "string")
        let answer = post?["responses"]?["201"]
        #expect(answer?["content"]?["application/xml"]?["schema"]?["$ref"] == "#/components/schemas/Item_2")
        #expect(answer?["headers"]?["X-A"]?["schema"]?["type"] == "integer")
        let form = document["paths"]?["/photo"]?["put"]?["requestBody"]?["content"]?["multipart/form-data"]?["schema"]
        #expect(form?["properties"]?["file"]?["format"] == "binary" && form?["required"] == ["file"])
        #expect(document["paths"]?["/photo"]?["put"]?["responses"]?["default"]?["$ref"] == "#/components/responses/Done")
        #expect(DefinitionCheck.findings(in: document).isEmpty)
    }
}
