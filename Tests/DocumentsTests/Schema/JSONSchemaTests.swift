import Documents
import Testing

@Suite("JSON Schema: the keywords")
struct JSONSchemaTests {
    @Test(
        "values that are allowed",
        arguments: [
            (#"{"type":"string"}"#, #""a""#), (#"{"type":["string","null"]}"#, "null"),
            (#"{"type":"string","nullable":true}"#, "null"),
            (#"{"type":"integer"}"#, "1.0"), (#"{"type":"integer"}"#, "1e3"), (#"{"type":"number"}"#, "1"), ("true", "5"),
            ("{}", "[]"),
            (#"{"minimum":1,"maximum":2}"#, "2"), (#"{"minimum":1,"exclusiveMinimum":true}"#, "1.1"),
            (#"{"exclusiveMaximum":5}"#, "4"),
            (#"{"multipleOf":0.1}"#, "0.3"), (#"{"multipleOf":0}"#, "3"), (#"{"maxLength":2}"#, #""éé""#),
            (#"{"minLength":2}"#, #""😀😀""#),
            (#"{"enum":[1,"a"]}"#, "1.0"), (#"{"const":{"a":[1]}}"#, #"{"a":[1.0]}"#), (#"{"uniqueItems":true}"#, "[1,2]"),
            (#"{"items":{"type":"string"}}"#, #"["a"]"#),
            (#"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#, #"["a",1]"#),
            (#"{"contains":{"const":1},"minContains":2}"#, "[1,2,1]"), (#"{"not":{"type":"string"}}"#, "1"),
            (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, "1"), (#"{"oneOf":[{"minimum":5},{"maximum":2}]}"#, "1"),
            (#"{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":1}}"#, "1"), (#"{"unknownKeyword":5}"#, "1"),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1,"b":2}"#), (#"{"propertyNames":{"maxLength":1}}"#, #"{"a":1}"#),
            (#"{"patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":false}"#, #"{"x-a":1}"#),
            (#"{"properties":{"a":{}},"unevaluatedProperties":false,"allOf":[{"properties":{"b":{}}}]}"#, #"{"a":1,"b":2}"#),
        ])
    func allowed(schema: String, value: String) throws {
        let schema = try JSONSchema(document: JSONValue.parse(schema))
        #expect(schema.check(try JSONValue.parse(value)).findings == [])
    }

    @Test(
        "values that are not, with the place and the rule",
        arguments: [
            (#"{"type":"string"}"#, "1", "", "type"), (#"{"type":"integer"}"#, "1.5", "", "type"),
            (#"{"type":"string"}"#, "null", "", "type"),
            ("false", "1", "", "false"), (#"{"minimum":1}"#, "0", "", "minimum"),
            (#"{"minimum":1,"exclusiveMinimum":true}"#, "1", "", "exclusiveMinimum"),
            (#"{"exclusiveMaximum":5}"#, "5", "", "exclusiveMaximum"), (#"{"multipleOf":2}"#, "3", "", "multipleOf"),
            (#"{"maxLength":2}"#, #""abc""#, "", "maxLength"), (#"{"pattern":"^a"}"#, #""b""#, "", "pattern"),
            (#"{"enum":[1,"a"]}"#, "2", "", "enum"),
            (#"{"const":1}"#, "2", "", "enum"), (#"{"uniqueItems":true}"#, "[1,1.0]", "", "uniqueItems"),
            (#"{"maxItems":1}"#, "[1,2]", "", "maxItems"),
            (#"{"items":{"type":"string"}}"#, #"["a",1]"#, "/1", "type"), (#"{"required":["a"]}"#, "{}", "/a", "required"),
            (#"{"properties":{"a":{"properties":{"b":{"type":"string"}}}}}"#, #"{"a":{"b":1}}"#, "/a/b", "type"),
            (#"{"additionalProperties":false,"properties":{"a":{}}}"#, #"{"a":1,"b":2}"#, "/b", "additionalProperties"),
            (#"{"additionalProperties":{"type":"integer"}}"#, #"{"b":"x"}"#, "/b", "type"),
            (#"{"not":{"type":"string"}}"#, #""a""#, "", "not"),
            (#"{"oneOf":[{"minimum":1},{"maximum":9}]}"#, "5", "", "oneOf"),
            (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, "[]", "", "anyOf"),
            (#"{"minProperties":1}"#, "{}", "", "minProperties"), (#"{"contains":{"const":1}}"#, "[2]", "", "contains"),
            (#"{"properties":{"a":{}},"unevaluatedProperties":false}"#, #"{"b":2}"#, "/b", "unevaluatedProperties"),
            (#"{"if":{"type":"string"},"then":{"minLength":2}}"#, #""a""#, "", "minLength"),
            (#"{"propertyNames":{"maxLength":1}}"#, #"{"ab":1}"#, "/ab", "maxLength"),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "/b", "dependentRequired"),
            (#"{"format":"int32"}"#, "3000000000", "", "format"),
        ])
    func refused(schema: String, value: String, path: String, rule: String) throws {
        let schema = try JSONSchema(document: JSONValue.parse(schema))
        let findings = schema.check(try JSONValue.parse(value)).findings
        #expect(findings.map(\.rule) == [rule])
        #expect(findings.map(\.path.description) == [path])
    }

    @Test(
        "formats",
        arguments: [
            ("uuid", "01234567-89ab-cdef-0123-456789ABCDEF", true), ("uuid", "0123456789abcdef0123456789abcdef", false),
            ("date-time", "2024-02-29T12:00:00Z", true), ("date-time", "2024-01-31T23:59:60.123+05:30", true),
            ("date-time", "2023-02-29T12:00:00Z", false), ("date-time", "2024-01-31T24:00:00Z", false),
            ("date-time", "2024-01-31", false),
            ("date", "2024-13-01", false), ("email", "a@b.org", true), ("email", "a@", false), ("email", "a b@c.d", false),
            ("uri", "https://x.org/a?b#c", true), ("uri", "/relative", false), ("uri", "http://a b", false),
            ("ipv4", "10.0.0.1", true),
            ("ipv4", "10.0.0.256", false), ("ipv4", "10.0.0", false), ("ipv6", "::1", true), ("ipv6", "1:2:3:4:5:6:7:8", true),
            ("ipv6", "::ffff:1.2.3.4", true), ("ipv6", "1::2::3", false), ("hostname", "a-b.example", true),
            ("hostname", "-a", false),
            ("unheard-of", "anything", true),
        ])
    func formats(format: String, text: String, isFine: Bool) throws {
        let schema = try JSONSchema(document: ["type": "string", "format": .string(format)])
        #expect(schema.allows(.string(text)) == isFine)
    }

    @Test("all findings are collected, each with a sentence that names the member")
    func sentences() throws {
        let schema = try JSONSchema(document: [
            "type": "object", "required": ["name"],
            "properties": [
                "tags": ["type": "array", "items": ["type": "string", "maxLength": 2]], "count": ["type": "integer"],
            ],
        ])
        let findings = schema.check(["tags": ["a", "abc"], "count": "x"]).findings
        #expect(
            findings.map(\.message) == [
                "'tags[1]' must have at most 2 characters", "'count' must be an integer, not a string", "'name' is required",
            ])
    }

    @Test("cyclic schemas are followed as far as the value goes")
    func cycles() throws {
        let document: JSONValue = [
            "components": [
                "schemas": [
                    "Node": [
                        "type": "object",
                        "properties": ["next": ["$ref": "#/components/schemas/Node"], "v": ["type": "integer"]],
                    ]
                ]
            ]
        ]
        let schema = try JSONSchema(document: document, at: JSONPointer(tokens: ["components", "schemas", "Node"]))
        #expect(schema.allows(["next": ["next": ["v": 1]]]))
        #expect(schema.check(["next": ["next": ["v": "x"]]]).findings.map(\.path.description) == ["/next/next/v"])
    }

    @Test(
        "schemas that refer to themselves at the same value, or multiply, come to an end",
        arguments: [
            ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
            ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##,
        ])
    func selfReference(schema: String) throws {
        let schema = try JSONSchema(document: JSONValue.parse(schema))
        #expect(schema.allows(1))
    }

    @Test("a schema that doubles at every level is given up, not followed for ever")
    func doubling() throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["allOf": [next, next]]
        }
        definitions["l40"] = true
        let schema = try JSONSchema(document: ["$defs": .object(definitions), "$ref": "#/$defs/l0"])
        #expect(schema.check(1).findings.map(\.rule).contains("limit"))
    }

    @Test(
        "schemas that cannot be used are refused",
        arguments: [
            ##"{"$ref":"#/nope"}"##, ##"{"$ref":"other.json"}"##, ##"{"pattern":"("}"##, ##"{"properties":{"a":5}}"##, "5",
        ])
    func unusable(schema: String) {
        #expect(throws: SchemaError.self) { try JSONSchema(document: JSONValue.parse(schema)) }
    }
}
