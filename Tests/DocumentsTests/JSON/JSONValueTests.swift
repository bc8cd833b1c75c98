import Documents
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("an object keeps its order, also beyond the size where it indexes its names")
    func order() {
        var object = JSONObject()
        let names = (0..<30).map { "n\($0)" }
        for name in names { object[name] = .string(name) }
        object["n3"] = 1
        object["n7"] = nil
        #expect(object.names == names.filter { $0 != "n7" })
        #expect(object["n3"] == 1)
        #expect(object["n7"] == nil)
        #expect(object["n29"] == "n29")
        for name in names.dropFirst(4) { object[name] = nil }
        #expect(object.names == ["n0", "n1", "n2", "n3"])
        #expect(object["n2"] == "n2")
    }

    @Test("objects are equal whatever their order, with equal hashes")
    func equality() {
        let left: JSONValue = ["a": 1, "b": [2], "c": nil]
        let right: JSONValue = ["c": nil, "b": [2], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": [2]])
    }

    @Test("members and elements can be reached and set")
    func access() {
        var value: JSONValue = ["list": ["a", 2, "c"], "n": JSONValue(1.0)]
        #expect(value["list"]?[1]?.int == 2)
        #expect(value["list"]?[9] == nil)
        #expect(value["list"]?.strings == ["a", "c"])
        value["new"] = true
        #expect(value["new"]?.bool == true)
        value = nil
        value["x"] = "y"
        #expect(value.text == #"{"x":"y"}"#)
    }

    @Test(
        "numbers are integers if their value is whole and fits",
        arguments: [
            ("1", 1), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("1.5", nil), ("1e400", nil), ("9223372036854775807", Int.max),
            ("9223372036854775808", nil), ("-1e-999999999999", 0), ("1e999999999999999999999", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) throws {
        #expect(try JSONValue.parse(text).int == expected)
    }

    @Test("infinities and NaN have no JSON form and become 0")
    func infinities() {
        #expect(JSONValue(Double.infinity).text == "0")
        #expect(JSONValue(Double.nan).text == "0")
        #expect(JSONValue(0.1).text == "0.1")
        #expect(JSONValue(3.0).text == "3")
    }

    @Test("control characters are escaped, slashes are not")
    func writing() {
        #expect(JSONValue("a/b\u{1}\u{1F}\n\"").text == #""a/b\u0001\u001f\n\"""#)
    }

    @Test("people get two blanks a level")
    func pretty() throws {
        let value: JSONValue = ["a": [1, [:]], "b": [], "c": ["d": nil]]
        #expect(
            value.prettyPrinted() == """
                {
                  "a": [
                    1,
                    {}
                  ],
                  "b": [],
                  "c": {
                    "d": null
                  }
                }
                """)
        #expect(try JSONValue.parse(value.prettyPrinted()) == value)
    }
}
