import Documents
import Testing

@Suite("JSON is read strictly and within limits")
struct JSONParserTests {
    @Test(
        "every kind of value is read and written back unchanged",
        arguments: [
            "null", "true", "false", "0", "-0", "1.10", "1e400", "-12.5E+3", "123456789012345678901234567890", #""""#, "[]",
            "{}",
            #"{"b":1,"a":[1,"two",null,{"c":false}]}"#, #""a/b \" \\ \n é 😀""#, "[[[[]]]]",
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONValue.parse(text).text == text)
    }

    @Test("blanks and a byte order mark around values do not matter")
    func blanks() throws {
        #expect(try JSONValue.parse("\u{FEFF} \t\r\n{ \"a\" : [ 1 , 2 ] } \n").text == #"{"a":[1,2]}"#)
    }

    @Test(
        "escapes become characters",
        arguments: [
            (#""\u0041\u00e9""#, "Aé"), (#""\ud83d\ude00""#, "😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""a\u007Fb""#, "a\u{7F}b"), (#""\uFFFF""#, "\u{FFFF}"),
        ])
    func escapes(text: String, expected: String) throws {
        #expect(try JSONValue.parse(text).string == expected)
    }

    @Test(
        "what RFC 8259 does not allow is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "'a'", "\"a",
            "\"\\x\"", "\"\\u12G4\"", "\"\\u12", "\"\\", "\"a\nb\"", "[1,]", "[,1]", "[1 2]", "[", "[1", "{", "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "1 2", "]", "}", "// c\n1", "\u{A0}1",
        ])
    func refusals(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
        #expect(error?.reason == .syntax)
    }

    @Test(
        "lone surrogates and U+0000 are refused",
        arguments: [#""\ud800""#, #""\udc00\ud800""#, #""\ud800\u0041""#, #""\ud800x""#, #""\u0000""#, #"{"\u0000":1}"#])
    func encodings(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    }

    @Test("U+0000 can be allowed")
    func allowedNull() throws {
        #expect(try JSONValue.parse(#""a\u0000""#, limits: JSONLimits(allowsNull: true)).string == "a\0")
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x22, 0xC3, 0x22], [0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xC0, 0x80, 0x22],
        ])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
    }

    @Test("an error says where it is and what was expected")
    func place() throws {
        let error = try #require(throws: JSONError.self) { try JSONValue.parse("{\n  \"a\": 1,\n  \"b\" 2\n}") }
        #expect(error.line == 3)
        #expect(error.column == 7)
        #expect(error.offset == 18)
        #expect(error.description == "line 3, column 7: expected ':' after the name 'b', found '2'")
    }

    @Test("of members with the same name the last one counts, at the place of the first")
    func duplicates() throws {
        #expect(try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
    }

    @Test("depth, size and length of numbers are limited")
    func limits() throws {
        let nested = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(try JSONValue.parse(nested).array?.count == 1)
        for text in ["[" + nested + "]", "\"" + String(repeating: "a", count: 40) + "\"", String(repeating: "1", count: 31)] {
            let error = #expect(throws: JSONError.self) {
                try JSONValue.parse(text, limits: JSONLimits(size: text.hasPrefix("\"") ? 41 : 1000, numberLength: 30))
            }
            #expect(error?.reason == .limit)
        }
    }

    @Test("endless nesting is refused without using up the stack", arguments: ["[", "{\"a\":", "[{\"a\":["])
    func deepNesting(unit: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: unit, count: 200_000)) }
    }

    @Test("bytes may come as any collection")
    func collections() throws {
        let bytes = Array(#"{"a":[true]}"#.utf8)
        #expect(try JSONValue.parse(bytes[...]) == ["a": [true]])
        #expect(try JSONValue.parse(bytes.lazy.map { $0 }) == ["a": [true]])
        #expect(try bytes.withUnsafeBytes { try JSONValue.parse($0) } == ["a": [true]])
    }
}
