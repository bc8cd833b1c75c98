import Documents
import Testing

@Suite("JSON Schema: request bodies of the management APIs")
struct SchemaOptionsTests {
    private let schema: JSONValue = [
        "type": "object", "required": ["name", "id"],
        "properties": [
            "name": ["type": "string"], "id": ["type": "string", "readOnly": true], "count": ["type": "integer"],
            "flag": ["type": "boolean"], "note": ["type": "string", "nullable": true], "free": ["type": "object"],
            "map": ["type": "object", "additionalProperties": ["type": "string"]],
        ],
    ]

    private func check(_ value: JSONValue, _ options: SchemaOptions = .requestBody) throws -> (JSONValue, [String]) {
        let result = try JSONSchema(document: schema).check(value, options: options)
        return (result.value, result.findings.map(\.message))
    }

    @Test("members that are not declared are findings, in objects that declare any")
    func closed() throws {
        let (_, findings) = try check(["name": "a", "x": 1, "free": ["y": 1], "map": ["z": "1"]])
        #expect(findings == ["Unrecognized property 'x'"])
        #expect(try check(["name": "a", "id": "1", "x": 1], .strict).1 == [])
    }

    @Test("numbers and booleans in quotes are taken out of them")
    func coercion() throws {
        let (value, findings) = try check(["name": "5", "count": "5", "flag": "true"])
        #expect(findings == [])
        #expect(value == ["name": "5", "count": 5, "flag": true])
        #expect(try check(["name": "a", "count": "five"]).1 == ["'count' must be an integer, not a string"])
        #expect(try check(["name": "a", "id": "i", "count": "5"], .strict).1 == ["'count' must be an integer, not a string"])
    }

    @Test("readOnly members are dropped and not required")
    func readOnly() throws {
        let (value, findings) = try check(["name": "a", "id": 5])
        #expect(findings == [])
        #expect(value == ["name": "a"])
        #expect(try check(["name": "a"], .strict).1 == ["'id' is required"])
    }

    @Test("null means absent, unless it is required or allowed")
    func nulls() throws {
        let (value, findings) = try check(["name": "a", "count": nil, "note": nil])
        #expect(findings == [])
        #expect(value == ["name": "a", "note": nil])
        #expect(try check(["name": nil]).1 == ["'name' must be a string, not null"])
    }

    @Test("members of all schemas under allOf count as declared")
    func composition() throws {
        let schema = try JSONSchema(document: [
            "allOf": [["properties": ["a": [:]]], ["properties": ["b": ["type": "integer"]]]]
        ])
        let result = schema.check(["a": 1, "b": "2", "c": 3], options: .requestBody)
        #expect(result.value["b"] == 2)
        #expect(result.findings.map(\.path.description) == ["/c"])
    }

    @Test("a string stays a string where an alternative wants one")
    func alternatives() throws {
        let either = try JSONSchema(document: ["oneOf": [["type": "string"], ["type": "integer"]]])
        #expect(either.check("5", options: .requestBody).value == "5")
        let numeric = try JSONSchema(document: ["oneOf": [["type": "boolean"], ["type": "integer"]]])
        #expect(numeric.check("5", options: .requestBody).value == 5)
    }

    @Test("a discriminator chooses the alternative")
    func discriminator() throws {
        let document: JSONValue = [
            "components": [
                "schemas": [
                    "Cat": ["type": "object", "properties": ["kind": ["type": "string"], "lives": ["type": "integer"]]],
                    "Dog": ["type": "object", "properties": ["kind": ["type": "string"], "barks": ["type": "boolean"]]],
                    "Pet": [
                        "oneOf": [["$ref": "#/components/schemas/Cat"], ["$ref": "#/components/schemas/Dog"]],
                        "discriminator": ["propertyName": "kind", "mapping": ["hound": "#/components/schemas/Dog"]],
                    ],
                ]
            ]
        ]
        let schema = try JSONSchema(document: document, at: JSONPointer(tokens: ["components", "schemas", "Pet"]))
        #expect(schema.check(["kind": "Cat", "lives": 9], options: .requestBody).findings == [])
        #expect(schema.check(["kind": "hound", "barks": 1]).findings.map(\.path.description) == ["/barks"])
        #expect(schema.check(["kind": "Fish"]).findings.map(\.rule) == ["discriminator"])
        #expect(schema.check(["lives": 1]).findings.map(\.rule) == ["discriminator"])
    }

    @Test("a parent's discriminator leads to its children, which lead back without end")
    func parent() throws {
        let document: JSONValue = [
            "openapi": "3.0.1",
            "components": [
                "schemas": [
                    "Policy": [
                        "type": "object", "required": ["type"], "properties": ["type": ["type": "string"]],
                        "discriminator": ["propertyName": "type", "mapping": ["adv": "Advanced"]],
                    ],
                    "Advanced": [
                        "allOf": [
                            ["$ref": "#/components/schemas/Policy"],
                            ["type": "object", "properties": ["limit": ["type": "integer"]]],
                        ]
                    ],
                ]
            ],
        ]
        let schema = try JSONSchema(document: document, at: JSONPointer(tokens: ["components", "schemas", "Policy"]))
        #expect(schema.check(["type": "adv", "limit": "3"], options: .requestBody).value == ["type": "adv", "limit": 3])
        #expect(
            schema.check(["type": "other", "limit": 3], options: .requestBody).findings.map(\.path.description) == ["/limit"])
    }

    @Test("many schemas of a document are compiled together")
    func together() throws {
        let document: JSONValue = ["a": ["type": "string"], "b": ["type": "object", "properties": ["x": ["$ref": "#/a"]]]]
        let schemas = try JSONSchema.compile(document: document, at: [JSONPointer(tokens: ["b"]), JSONPointer(tokens: ["a"])])
        #expect(schemas[0].check(["x": 1]).findings.count == 1)
        #expect(schemas[1].allows("a"))
    }
}
