import Documents
import Testing

@Suite("TOML 1.0 as JSON values")
struct TOMLDocumentTests {
    @Test("tables, arrays of tables and every kind of value, in order")
    func values() throws {
        let value = try TOMLDocument.parse(
            """
            title = "x" # comment
            [server]
            offset = 3
            hostname = "localhost"
            "quoted key" = 'C:\\path'
            a.b.c = { d = 1, "e".f = [1, 2,
              3, # in between
            ] }
            [transport.https.properties]
            port = 9_443
            [transport]
            [[apim.gateway.environment]]
            name = "Default"
            [apim.gateway.environment.limits]
            n = 1
            [[apim.gateway.environment]]
            name = "Second"
            """)
        #expect(
            value.text == """
                {"title":"x","server":{"offset":3,"hostname":"localhost","quoted key":"C:\\\\path",\
                "a":{"b":{"c":{"d":1,"e":{"f":[1,2,3]}}}}},"transport":{"https":{"properties":{"port":9443}}},\
                "apim":{"gateway":{"environment":[{"name":"Default","limits":{"n":1}},{"name":"Second"}]}}}
                """)
    }

    @Test(
        "values without quotes",
        arguments: [
            ("0", 0), ("-17", -17), ("+99", 99), ("1_000", 1000), ("0xDEAD_BEEF", 3_735_928_559), ("0o755", 493),
            ("0b1101", 13),
            ("true", true), ("false", false), ("inf", "inf"), ("-nan", "-nan"), ("1979-05-27", "1979-05-27"),
            ("07:32:00", "07:32:00"),
            ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"), ("1979-05-27 07:32:00.5-07:00", "1979-05-27 07:32:00.5-07:00"),
        ] as [(String, JSONValue)])
    func scalars(text: String, expected: JSONValue) throws {
        #expect(try TOMLDocument.parse("a = \(text)\nb = [\(text)]") == ["a": expected, "b": [expected]])
    }

    @Test(
        "floats keep their text",
        arguments: [("3.14", "3.14"), ("+1.0", "1.0"), ("-0.01", "-0.01"), ("5e+22", "5e22"), ("6.6_2e-34", "6.62e-34")])
    func floats(text: String, expected: String) throws {
        #expect(try TOMLDocument.parse("a = \(text)")["a"]?.text == expected)
    }

    @Test(
        "strings",
        arguments: [
            (#""a\tb\u00e9\U0001F600\"""#, "a\tbé😀\""), ("'a\\tb'", "a\\tb"), ("\"\"", ""), ("''", ""),
            ("\"\"\"\na\nb\"\"\"", "a\nb"),
            ("\"\"\"a \\\n   b\"\"\"", "a b"), ("'''\n'a'\n'''", "'a'\n"), ("\"\"\"a\"\"\"\"\"", "a\"\""),
            ("\"\"\"\\u0041\"\"\"", "A"),
        ])
    func strings(text: String, expected: String) throws {
        #expect(try TOMLDocument.parse("a = \(text)")["a"]?.string == expected)
    }

    @Test(
        "what is no TOML is refused",
        arguments: [
            "a", "a =", "= 1", "a. = 1", ".a = 1", "[a", "[]", "[a.]", "[[a]", "a = 1 b = 2", "a = 1\na = 2", "a = \"\\q\"",
            "a = \"x", "a = '",
            "a = \"\"\"x", "a = [1", "a = [1 2]", "a = {b = 1", "a = {b = 1,}", "a = {b = 1\n}", "a = 01", "a = 1__0", "a = _1",
            "a = 1.", "a = .5",
            "a = 1e", "a = 0x", "a = 0xG", "a = +0x1", "a = nope", "a = 99999999999999999999", "a = 1979-5-27", "a = 07:32",
            "[a]\n[a]", "a.b = 1\n[a]",
            "a = {}\n[a.b]", "a = 1\n[a.b]", "a = []\n[[a]]", "[[a]]\n[a]", "[a.b]\n[a]\nb = 1", "a = 1\0", "# \u{1}",
            "a = \"\u{7}\"", "a = \"\\u0000\"",
            "a = \"\\ud800\"", "é = 1", "a = 1\rb = 2", "a = {b = {c = 1}, b.d = 2}",
        ])
    func refusals(text: String) {
        #expect(throws: DocumentError.self) { try TOMLDocument.parse(text) }
    }

    @Test("an error names the place and what was expected")
    func lines() {
        let error = #expect(throws: DocumentError.self) { try TOMLDocument.parse("a = 1\nb = localhost\n") }
        #expect(error?.description == "line 2, column 5: 'localhost' is no value; texts need quotes")
    }

    @Test(
        "depth and size are limited",
        arguments: [String(repeating: "[", count: 100_000), String(repeating: "{a=", count: 100_000)])
    func limits(value: String) {
        #expect(throws: DocumentError.self) { try TOMLDocument.parse("a = \(value)") }
        #expect(throws: DocumentError.self) { try TOMLDocument.parse(String(repeating: "a.", count: 100_000) + "b = 1") }
        #expect(throws: DocumentError.self) { try TOMLDocument.parse("aa = 1", limits: JSONLimits(size: 5)) }
    }

    @Test("line ends of Windows and a byte order mark do not matter")
    func windows() throws {
        #expect(try TOMLDocument.parse("\u{FEFF}[a]\r\nb = 1 # c\r\n\r\n") == ["a": ["b": 1]])
    }
}
