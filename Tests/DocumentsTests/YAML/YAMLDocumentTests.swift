import Documents
import Testing

@Suite("YAML is read by the core schema of version 1.2")
struct YAMLDocumentTests {
    @Test(
        "plain scalars",
        arguments: [
            ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("true", true), ("True", true), ("FALSE", false),
            ("null", nil),
            ("~", nil), ("0o17", 15), ("0x1F", 31), ("017", 17), ("+12", 12), ("2024-01-31", "2024-01-31"),
            ("12:30:45", "12:30:45"),
            ("1_000", "1_000"), (".inf", ".inf"), (".nan", ".nan"), ("0b11", "0b11"), ("1e3x", "1e3x"),
            ("0o8", "0o8"),
            ("0x", "0x"), ("0x-1", "0x-1"), ("1.2.3", "1.2.3"),
        ] as [(String, JSONValue)])
    func scalars(text: String, expected: JSONValue) throws {
        #expect(try YAMLDocument.parse("a: \(text)")["a"] == expected)
    }

    @Test(
        "numbers keep their text where JSON can write it",
        arguments: [
            ("1.10", "1.10"), ("-.5", "-0.5"), ("5.", "5.0"), ("1e400", "1e400"),
            ("12345678901234567890", "12345678901234567890"),
        ])
    func numbers(text: String, expected: String) throws {
        #expect(try YAMLDocument.parse("a: \(text)")["a"]?.text == expected)
    }

    @Test("quotes and tags make strings; keys become strings")
    func strings() throws {
        let value = try YAMLDocument.parse("a: '1'\nb: \"true\"\nc: !!str 5\n200: ok\nd: !!int 7\ne: !custom x\n")
        #expect(value == ["a": "1", "b": "true", "c": "5", "200": "ok", "d": 7, "e": "x"])
        #expect(value.object?.names == ["a", "b", "c", "200", "d", "e"])
    }

    @Test("aliases repeat their anchor, merge keys are plain members")
    func aliases() throws {
        let value = try YAMLDocument.parse("base: &b {x: 1}\ncopy: *b\nmerged:\n  <<: *b\n")
        #expect(value == ["base": ["x": 1], "copy": ["x": 1], "merged": ["<<": ["x": 1]]])
    }

    @Test("an empty text is null")
    func empty() throws {
        #expect(try YAMLDocument.parse("") == nil)
        #expect(try YAMLDocument.parse("# nothing\n") == nil)
    }

    @Test("the billion laughs are refused quickly")
    func bomb() throws {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1..<30 {
            text += "a\(level): &a\(level) [\((0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        let error = #expect(throws: DocumentError.self) { try YAMLDocument.parse(text) }
        #expect(error?.message.contains("aliases") == true)
    }

    @Test("aliases in keys cannot make the parser compare for ever")
    func keyBomb() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        for use in ["? *a59\n: 1\n", "b: {*a59 : 1}\n", "b: {[*a59]: 1}\n", "b: {*a59 , *a58 }\n"] {
            #expect(throws: DocumentError.self) { try YAMLDocument.parse(text + use) }
        }
    }

    @Test(
        "what is no YAML or has no JSON form is refused",
        arguments: [
            "a: [1", "a: b: c", "\"a", "a: *nope", "a: 1\na: 2", "? [1]\n: 2", "--- 1\n--- 2", "a: \"\\0\"", "\t- a", "%YAML 9",
            "{a: 1",
        ])
    func refusals(text: String) {
        #expect(throws: DocumentError.self) { try YAMLDocument.parse(text) }
    }

    @Test("an error names the line")
    func lines() {
        let error = #expect(throws: DocumentError.self) { try YAMLDocument.parse("a: 1\nb: [1, 2\nc: 3\n") }
        #expect((error?.line ?? 0) >= 2)
    }

    @Test(
        "depth and size are limited",
        arguments: [String(repeating: "[", count: 5000), String(repeating: "- ", count: 5000) + "x"])
    func limits(text: String) {
        #expect(throws: DocumentError.self) { try YAMLDocument.parse(text) }
        #expect(throws: DocumentError.self) { try YAMLDocument.parse("aaaaaaaaaa", limits: JSONLimits(size: 5)) }
    }

    @Test(
        "what is written is read again as the same value",
        arguments: [
            ["a": 1, "b": ["x", ["y": [1, 2]], [], [:], [[1], [2]]], "c": ["d": ["e": nil]]],
            ["yes": "no", "1": "1", "": " ", "a: b": "c #d", "- x": "- y", "é": "ü 😀", "*": "&a", "k": "true", "q": "'\""],
            [
                "text": "line one\n  line two\n\nend\n", "tail": "a\nb", "lead": " a\nb", "crlf": "a\r\nb",
                "ls": "a\u{2028}b\u{85}\u{7F}",
            ],
            "just text", 5, [], [:], nil, ["null", "~", "0x10", ".5", "1e5", "2024-01-01", "=", "<<", "@x", "`x", "%x", "!x"],
            [["a": ["b": 1], "c": 2], ["d": "x\ny\n"]],
        ] as [JSONValue])
    func roundTrip(value: JSONValue) throws {
        let text = YAMLDocument.text(of: value)
        #expect(try YAMLDocument.parse(text) == value, "\(text)")
    }

    @Test("what is written looks as people write it")
    func looks() {
        let value: JSONValue = ["openapi": "3.0.1", "paths": ["/pets": ["get": ["tags": ["a", "b"], "text": "one\ntwo\n"]]]]
        #expect(
            YAMLDocument.text(of: value) == """
                openapi: "3.0.1"
                paths:
                  /pets:
                    get:
                      tags:
                      - a
                      - b
                      text: |
                        one
                        two

                """)
    }
}
