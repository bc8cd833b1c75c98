import Definitions
import Documents
import Model
import Testing

@Suite("Mock answers from examples and scripts")
struct MockTests {
    private let definition = """
        openapi: 3.0.3
        info: {title: a, version: "1"}
        paths:
          /menu:
            get:
              responses:
                default: {description: error, content: {application/json: {example: {code: 1}}}}
                "404": {description: none}
                "200":
                  description: ok
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Item"}}
                    application/xml: {example: "<item/>"}
                    text/plain: {examples: {one: {value: plain}}}
            post: {responses: {2XX: {$ref: "#/components/responses/Made"}}}
            delete: {responses: {}}
        components:
          responses: {Made: {description: made, content: {application/json: {example: made}}}}
          schemas:
            Item:
              properties:
                id: {type: integer, example: 7}
                name: {type: string}
                size: {type: string, enum: [s, m]}
                next: {$ref: "#/components/schemas/Item"}
                tags: {type: array, items: {type: string, format: uuid}}
        """

    private func responses(_ verb: String, _ target: String = "/menu") throws -> [GatewayMock.Response] {
        MockExamples(try YAMLDocument.parse(definition)).responses(verb: verb, target: target)
    }

    @Test("examples answer in the order of their status, and schemas make up for missing ones")
    func examples() throws {
        let found = try responses("GET")
        #expect(found.map(\.status) == [200, 200, 200, 404, 200])
        #expect(found.map(\.mediaType) == ["application/json", "application/xml", "text/plain", "", "application/json"])
        let item = try JSONValue.parse(found[0].body)
        #expect(item["id"] == 7 && item["name"] == "string" && item["size"] == "s" && item["next"]?["id"] == 7)
        #expect(item["tags"]?[0]?.string?.count == 36)
        #expect(found[1].body == "<item/>" && found[2].body == "plain" && found[4].body == "{\"code\":1}")
        #expect(try responses("POST") == [.init(status: 200, mediaType: "application/json", body: "\"made\"")])
        #expect(try responses("DELETE") == [.init(status: 200, mediaType: "", body: "")])
        #expect(try responses("GET", "/unknown") == [.init(status: 200, mediaType: "", body: "")])
    }

    @Test("version 2 has its examples elsewhere")
    func version2() throws {
        let document = try YAMLDocument.parse(
            """
            swagger: "2.0"
            info: {title: a, version: "1"}
            produces: [application/json]
            paths: {/a: {get: {responses: {"200": {description: ok, examples: {text/plain: hi}}, "201": {description: b, schema: {type: boolean}}}}}}
            """)
        let found = MockExamples(document).responses(verb: "GET", target: "/a")
        #expect(found.map(\.body) == ["hi", "true"] && found.map(\.mediaType) == ["text/plain", "application/json"])
    }

    @Test("a generated script is read back to the same answers")
    func generated() throws {
        let found = try responses("GET").filter { !$0.mediaType.isEmpty }
        #expect(try MockScript.responses(of: MockScript.text(for: found)) == found)
        let awkward = [
            GatewayMock.Response(status: 201, mediaType: "text/plain", body: "a \"b\" 'c' \\ \n\u{1}\u{2028}é // no comment")
        ]
        #expect(try MockScript.responses(of: MockScript.text(for: awkward)) == awkward)
    }

    @Test("tables of values as other generators write them are read")
    func tables() throws {
        let script = """
            var responseCode = mc.getProperty('query.param.responseCode');
            var responseCodeSC;
            var responses = [];
            /* answers */
            if (!responses[200]) { responses [200] = []; }
            responses[200]["application/json"] = { "a" : [ 1, -2.5, 1e3, true, null, {} ], b: 'x' };
            responses[404]['application/xml'] = "<a/>";
            if (responseCode == null) { responseCode = 200; }
            mc.setProperty('HTTP_SC', responseCodeSC + "");
            mc.setPayloadJSON(responses[responseCode]["application/json"]);
            """
        let found = try MockScript.responses(of: script)
        #expect(found.map(\.status) == [200, 404])
        #expect(found[0].body == "{\"a\":[1,-2.5,1e3,true,null,{}],\"b\":\"x\"}")
        #expect(found[1].body == "<a/>")
    }

    @Test("a script with one fixed answer is read")
    func fixed() throws {
        let found = try MockScript.responses(
            of:
                "mc.setProperty('CONTENT_TYPE', 'application/json');\nmc.setProperty('HTTP_SC', '201');\nmc.setPayloadJSON('{\"a\": 1}');"
        )
        #expect(found == [.init(status: 201, mediaType: "application/json", body: "{\"a\": 1}")])
        #expect(try MockScript.responses(of: "mc.setPayloadXML('<a/>')").first?.mediaType == "application/xml")
    }

    @Test(
        "other scripts are refused with the reason",
        arguments: [
            "", "var x = 1;", "mc.setPayloadJSON(mc.getPayloadJSON());", "java.lang.Runtime.getRuntime().exec('id')",
            "mc.setPayloadJSON('a' ", "mc.setPayloadJSON('a", "/* no end",
            "mc.setProperty('HTTP_SC', 1000); mc.setPayloadJSON('a');",
            "while (true) { }", "mc.setPayloadJSON(responses)", "responses[200]['a'] = [1, 2",
            "responses[200]['a'] = 'x' + responseCode;",
            "mc.setPayloadJSON('a' + accept);",
            "responses[200]['a'] = { x: function() {} }",
            "mc.setProperty('REST_URL_POSTFIX', 'x'); mc.setPayloadJSON('a');", "\u{1f4a3}", "mc.setPayloadJSON('\\u12')",
        ])
    func refused(_ script: String) {
        #expect(throws: MockScript.Refusal.self) { try MockScript.responses(of: script) }
    }

    @Test("a deeply nested answer is refused, not followed")
    func deep() {
        let script = "responses[200]['a'] = " + String(repeating: "[", count: 10_000)
        #expect(throws: MockScript.Refusal.self) { try MockScript.responses(of: script) }
    }
}
