import Documents
import Testing

@Suite("patterns match in linear time")
struct SchemaPatternTests {
    @Test(
        "texts that match",
        arguments: [
            ("^$", ""), ("a{2,3}$", "baaa"), ("^(a|bc|d)$", "bc"), (#"\bfoo\b"#, "a foo b"), (#"^\d{3}-\d{4}$"#, "555-1234"),
            ("^(ab){0,2}c", "ababc"), ("^(?!foo).*$", "barfoo"), (#"^[\w.-]+@[a-z]+\.com$"#, "a.b-c@x.com"), ("x*", ""),
            (#"^[^~!@#;:%^*()+={}|\\<>"',&/$\[\]\s+\/]+$"#, "My-API"), (#"^\u0041\x42\u{43}$"#, "ABC"), ("^[a-]$", "-"),
            ("[^]", "\n"),
            (#"^(?<year>\d{4})$"#, "2024"), ("a{,2}", "a{,2}"), (#"^\S+$"#, "é😀"), ("^.$", "😀"), (#"[\D]"#, "x"),
            ("^(a*)*$", "aaa"),
            ("^(?=.*[A-Z])(?=.*[0-9]).{4,}$", "aB3d"), (#"\Bb"#, "ab"), ("(|a)b", "b"), ("a+?b", "aab"), (#"^\/x$"#, "/x"),
        ])
    func matches(pattern: String, text: String) throws {
        #expect(try SchemaPattern(pattern).matches(text))
    }

    @Test(
        "texts that do not",
        arguments: [
            ("^a$", "ab"), ("a{2,3}$", "ba"), ("^(a|bc|d)$", "b"), ("^(?!foo).*$", "foobar"), ("^(ab){0,2}c", "abababc"),
            ("[]", "a"),
            (#"^[^~!@#;:%^*()+={}|\\<>"',&/$\[\]\s+\/]+$"#, "My API"), (".", "\n"), ("^(?=.*[A-Z]).+$", "abc"),
            (#"\bfoo\b"#, "afoo"),
            (#"^\d+$"#, "١٢"), ("^[a-z]+$", "aB"),
        ])
    func misses(pattern: String, text: String) throws {
        #expect(try !SchemaPattern(pattern).matches(text))
    }

    @Test(
        "patterns that cannot be used are refused",
        arguments: [
            "(", ")", "(a", "[a", "*", "a**b|+", "a{3,1}", #"\1"#, #"(?<=a)b"#, "(?x)", #"\"#, #"\u{}"#, #"\x1"#, "[z-a]",
            #"\p{L}"#,
            "(((a{1000}){1000}){1000})", "a{99999999999999999999}", String(repeating: "(", count: 1000),
        ])
    func refusals(pattern: String) {
        #expect(throws: SchemaPattern.Fault.self) { try SchemaPattern(pattern) }
    }

    @Test(
        "patterns that hang other matchers",
        arguments: ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", #"^\/?([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])*$"#])
    func catastrophic(pattern: String) throws {
        #expect(try !SchemaPattern(pattern).matches(String(repeating: "a", count: 2000) + "!"))
    }
}
