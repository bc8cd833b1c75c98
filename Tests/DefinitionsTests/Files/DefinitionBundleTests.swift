import Documents
import Model
import Testing

@testable import Definitions

@Suite("A definition in several files becomes one document")
struct DefinitionBundleTests {
    private func bundle(_ files: [String: String], main: String = "swagger.yaml", size: Int = 1 << 20) throws -> JSONValue {
        let document = try YAMLDocument.parse(try #require(files[main]))
        return try DefinitionBundle.bundle(document, main: main, maximumSize: size) { path in
            try files[path].map { (try YAMLDocument.parse($0), $0.utf8.count) }
        }
    }

    private func refusal(_ files: [String: String], size: Int = 1 << 20) -> String? {
        do {
            _ = try bundle(files, size: size)
            return nil
        } catch let error as CatalogueError {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    private let main = """
        openapi: 3.0.3
        info: {title: Shop, version: "1"}
        paths:
          /items: {$ref: "paths/items.yaml"}
          /orders:
            get:
              parameters: [{$ref: "common.yaml#/page"}]
              responses: {"200": {$ref: "common.yaml#/answers/found"}}
        components:
          schemas: {Item: {type: string}}
        """
    private let items = """
        get:
          responses:
            "200":
              description: ok
              content: {application/json: {schema: {$ref: "../schemas/Item.yaml"}, example: {$ref: "no/reference"}}}
        """
    private let common = """
        page: {name: page, in: query, schema: {type: integer}}
        answers:
          found: {description: ok, content: {application/json: {schema: {$ref: "schemas/Item.yaml"}}}}
        """
    private let item = """
        type: object
        properties:
          next: {$ref: "#"}
          parent: {$ref: "Item.yaml"}
          shop: {$ref: "../swagger.yaml#/components/schemas/Item"}
          tag: {$ref: "#/definitions/Tag"}
        definitions: {Tag: {type: string}}
        """

    @Test("paths are copied to their place; schemas, parameters and answers get names of their own, once")
    func bundles() throws {
        let document = try bundle([
            "swagger.yaml": main, "paths/items.yaml": items, "common.yaml": common, "schemas/Item.yaml": item,
        ])
        let schema = document["paths"]?["/items"]?["get"]?["responses"]?["200"]?["content"]?["application/json"]
        // The name Item is taken by the main file.
        #expect(schema?["schema"]?["$ref"] == "#/components/schemas/Item_2")
        #expect(schema?["example"]?["$ref"] == "no/reference")
        let orders = document["paths"]?["/orders"]?["get"]
        #expect(orders?["parameters"]?[0]?["$ref"] == "#/components/parameters/page")
        #expect(orders?["responses"]?["200"]?["$ref"] == "#/components/responses/found")
        let components = document["components"]
        #expect(components?["schemas"]?.object?.names.sorted() == ["Item", "Item_2", "Tag"])
        let properties = components?["schemas"]?["Item_2"]?["properties"]
        #expect(properties?["next"]?["$ref"] == "#/components/schemas/Item_2")
        #expect(properties?["parent"]?["$ref"] == "#/components/schemas/Item_2")
        #expect(properties?["shop"]?["$ref"] == "#/components/schemas/Item")
        #expect(properties?["tag"]?["$ref"] == "#/components/schemas/Tag")
        #expect(components?["parameters"]?["page"]?["name"] == "page")
        #expect(DefinitionCheck.findings(in: document).isEmpty)
    }

    @Test("tables may lie in files of their own, and definitions of version 2 have tables of their own")
    func tables() throws {
        let document = try bundle([
            "swagger.yaml": """
            swagger: "2.0"
            info: {title: a, version: "1"}
            paths: {$ref: "paths.yaml"}
            definitions: {$ref: "models.yaml"}
            """,
            "paths.yaml": """
            /a: {get: {responses: {"200": {description: ok, schema: {$ref: "models.yaml#/A"}}}}}
            """,
            "models.yaml": """
            A: {type: array, items: {$ref: "#/B"}}
            B: {type: string}
            """,
        ])
        let schema = document["paths"]?["/a"]?["get"]?["responses"]?["200"]?["schema"]
        #expect(schema?["$ref"] == "#/definitions/A_2")
        #expect(document["definitions"]?.object?.names.sorted() == ["A", "A_2", "B", "B_2"])
        #expect(document["definitions"]?["A_2"]?["items"]?["$ref"] == "#/definitions/B_2")
        #expect(DefinitionCheck.findings(in: document).isEmpty)
    }

    @Test("properties and discriminators are told from references, and servers are not asked")
    func schemas() throws {
        let document = try bundle([
            "swagger.yaml": """
            openapi: 3.1.0
            info: {title: a, version: "1"}
            paths: {}
            components:
              schemas:
                Pet:
                  discriminator: {propertyName: kind, mapping: {cat: "cat.yaml", dog: Dog, fish: "#/components/schemas/Fish"}}
                  properties: {$ref: {type: string}, responses: {items: {$ref: "cat.yaml"}}, example: {$ref: "cat.yaml"}}
                  enum: [{$ref: "never.yaml"}]
                  x-note: {$ref: "never.yaml"}
                Fish: {$ref: "https://schemas.example/fish.json"}
            """,
            "cat.yaml": "{type: object}",
        ])
        let pet = document["components"]?["schemas"]?["Pet"]
        #expect(pet?["discriminator"]?["mapping"]?["cat"] == "#/components/schemas/cat")
        #expect(pet?["discriminator"]?["mapping"]?["dog"] == "Dog")
        #expect(pet?["properties"]?["responses"]?["items"]?["$ref"] == "#/components/schemas/cat")
        #expect(pet?["properties"]?["example"]?["$ref"] == "#/components/schemas/cat")
        #expect(pet?["properties"]?["$ref"]?["type"] == "string")
        #expect(document["components"]?["schemas"]?["Fish"]?["$ref"] == "https://schemas.example/fish.json")
    }

    @Test("references that lead nowhere, out of the archive or back to themselves are refused with their names")
    func refusals() {
        func paths(_ reference: String) -> String {
            "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {/a: {$ref: '\(reference)'}}"
        }
        let loop = "{$ref: 'loop.yaml'}"
        for (reference, part) in [
            ("none.yaml", "'none.yaml'"), ("../outside.yaml", "../outside.yaml"), ("/etc/passwd", "/etc/passwd"),
            ("file:///etc/passwd", nil), ("loop.yaml", "cycle"), ("a.yaml#/nowhere", "/nowhere"), ("a.yaml#%zz", "a.yaml#%zz"),
            ("..%2f..%2fetc/passwd", "..%2f..%2fetc/passwd"), ("C:\\\\x.yaml", "C:"),
        ] as [(String, String?)] {
            let refusal = refusal(["swagger.yaml": paths(reference), "loop.yaml": loop, "a.yaml": "{get: {}}"])
            if let part { #expect(refusal?.contains(part) == true, "\(reference): \(refusal ?? "accepted")") }
        }
    }

    @Test("a file that is copied a thousand times does not grow beyond the limit, and one that is named as often costs once")
    func bombs() throws {
        var text = "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n"
        for number in 0..<1_000 { text += "  /a\(number): {$ref: 'big.yaml'}\n" }
        let big = "{get: {description: '\(String(repeating: "x", count: 10_000))'}}"
        #expect(refusal(["swagger.yaml": text, "big.yaml": big])?.contains("too large") == true)
        // A chain of schemas as long as no stack is deep.
        var files = ["swagger.yaml": "openapi: 3.0.3\ninfo: {}\npaths: {}\ncomponents: {schemas: {S: {$ref: 's0.yaml'}}}"]
        for number in 0..<5_000 { files["s\(number).yaml"] = "{properties: {next: {$ref: 's\((number + 1) % 5_000).yaml'}}}" }
        #expect(try bundle(files)["components"]?["schemas"]?.object?.count == 5_001)
    }

    @Test(
        "paths of references are resolved against their file",
        arguments: [
            ("b.yaml", "a/main.yaml", "a/b.yaml"), ("../b.yaml", "a/c/main.yaml", "a/b.yaml"),
            ("./x/../b.yaml", "m.yaml", "b.yaml"),
            ("b%20c.yaml", "m.yaml", "b c.yaml"), ("../b.yaml", "m.yaml", nil), ("", "m.yaml", nil), ("..", "a/m.yaml", nil),
        ] as [(String, String, String?)])
    func relativePaths(_ reference: String, _ base: String, _ expected: String?) {
        #expect(RelativePath.resolved(reference, from: base) == expected)
    }
}
