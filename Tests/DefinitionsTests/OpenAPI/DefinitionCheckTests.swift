import Definitions
import Documents
import Testing

@Suite("definitions are checked for what would break later")
struct DefinitionCheckTests {
    private func findings(_ yaml: String) throws -> [String] {
        DefinitionCheck.findings(in: try YAMLDocument.parse(yaml)).map(\.description)
    }

    @Test("a definition with everything in its place has no findings")
    func fine() throws {
        let findings = try findings(
            """
            openapi: 3.0.3
            info: {title: Pets, version: "1.0"}
            servers: [{url: "https://pets.example"}]
            tags: [{name: pets}]
            security: [{default: []}]
            paths:
              x-note: anything
              /pets/{petId}:
                parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
                get:
                  operationId: pet
                  parameters: [{$ref: "#/components/parameters/page"}]
                  responses:
                    "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, example: {$ref: "#/no"}}}}
                    x-more: 1
              /other: {$ref: "#/paths/~1pets~1{petId}"}
            components:
              parameters: {page: {name: page, in: query, schema: {type: integer}}}
              schemas:
                Pet: {type: object, properties: {$ref: {type: string}, parent: {$ref: "#/components/schemas/Pet"}, default: {$ref: "#/components/schemas/Any"}}}
                Any: {}
                Remote: {$ref: "https://schemas.example/a.json"}
            """)
        #expect(findings == [])
    }

    @Test("Swagger 2.0 has its own places")
    func version2() throws {
        let fine = """
            swagger: "2.0"
            info: {title: a, version: "1"}
            host: pets.example
            schemes: [https]
            paths: {/a: {post: {parameters: [{name: b, in: body, schema: {$ref: "#/definitions/B"}}], responses: {}}}}
            definitions: {B: {type: object}}
            """
        #expect(try findings(fine) == [])
        #expect(try findings("swagger: '2.0'\ninfo: {}\nhost: 5\nschemes: https\ndefinitions: [1]\npaths: {}").count == 3)
    }

    @Test(
        "what is of the wrong type is named with its place",
        arguments: [
            ("info: []", "/info: must be an object"), ("paths: []", "/paths: must be an object"),
            ("tags: {}", "/tags: must be an array"),
            ("servers: {}", "/servers: must be an array"), ("components: 1", "/components: must be an object"),
            ("components: {schemas: []}", "/components/schemas: must be an object"),
            ("components: {schemas: {A: 5}}", "/components/schemas/A: must be an object"),
            ("paths: {/a: 1}", "/paths/~1a: must be an object"),
            ("paths: {/a: {get: []}}", "/paths/~1a/get: must be an object"),
            ("paths: {a: {}}", "/paths/a: a path must begin with '/'"),
            ("paths: {'/{a': {}}", "/paths/~1{a: '{' without '}'"), ("paths: {'/a}': {}}", "/paths/~1a}: '}' without '{'"),
            ("paths: {'/{}': {}}", "/paths/~1{}: a variable of a path needs a name"),
            ("paths: {'/{a/b}': {}}", "/paths/~1{a~1b}: a variable of a path must not hold '/'"),
            ("paths: {/a: {get: {responses: []}}}", "/paths/~1a/get/responses: must be an object"),
            ("paths: {/a: {get: {responses: {200: ok}}}}", "/paths/~1a/get/responses/200: must be an object"),
            ("paths: {/a: {get: {parameters: {}}}}", "/paths/~1a/get/parameters: must be an array"),
            ("paths: {/a: {get: {parameters: [{in: query}]}}}", "/paths/~1a/get/parameters/0/name: a parameter needs a name"),
            ("paths: {/a: {get: {security: {}}}}", "/paths/~1a/get/security: must be an array"),
            ("paths: {/a: {get: {security: [x]}}}", "/paths/~1a/get/security/0: must be an object"),
            ("paths: {/a: {get: {operationId: 5}}}", "/paths/~1a/get/operationId: must be a string"),
        ])
    func types(yaml: String, expected: String) throws {
        #expect(try findings("openapi: 3.0.1\n" + yaml) == [expected])
    }

    @Test("references that lead nowhere, to files, or in a circle")
    func references() throws {
        let findings = try findings(
            """
            openapi: 3.0.1
            components:
              schemas:
                A: {$ref: "#/components/schemas/B"}
                B: {$ref: "#/components/schemas/A"}
                C: {items: {$ref: "#/components/schemas/Nope"}}
                D: {items: {$ref: "pet.yaml#/Pet"}}
            """)
        #expect(
            findings == [
                "/components/schemas/A: refers to '#/components/schemas/B', which leads back to itself",
                "/components/schemas/B: refers to '#/components/schemas/A', which leads back to itself",
                "/components/schemas/C/items: refers to '#/components/schemas/Nope', which is not in the definition",
                "/components/schemas/D/items: refers to the file 'pet.yaml#/Pet', which is not part of the definition",
            ])
    }

    @Test("not more than 50 findings")
    func limit() throws {
        let paths = (0..<200).map { "  p\($0): {}\n" }.joined()
        #expect(try findings("openapi: 3.0.1\npaths:\n" + paths).count == 50)
    }

    @Test("documents with random changes are checked without a crash", arguments: 0..<20)
    func mutations(seed: Int) throws {
        let text = Array(
            ##"{"openapi":"3.0.1","info":{},"paths":{"/a/{b}":{"get":{"parameters":[{"$ref":"#/x"}],"responses":{"200":{}}}}}}"##
                .utf8)
        var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<200 {
            var bytes = text
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = Array("{}[]\",:#/$a1".utf8)[Int(state >> 20) % 12]
            }
            guard let document = try? JSONValue.parse(bytes) else { continue }
            #expect(DefinitionCheck.findings(in: document).count <= 50)
        }
    }
}
