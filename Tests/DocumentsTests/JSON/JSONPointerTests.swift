import Documents
import Testing

@Suite("JSON pointers, RFC 6901")
struct JSONPointerTests {
    /// The document of RFC 6901 §5.
    private let document: JSONValue = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
    ]

    @Test(
        "the examples of the RFC",
        arguments: [
            ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4),
            ("/i\\j", 5),
            ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8), ("#/foo/0", "bar"), ("#/c%25d", 2), ("#/e%5Ef", 3), ("#/%20", 7),
        ] as [(String, JSONValue)])
    func examples(text: String, expected: JSONValue) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(document[pointer] == expected)
    }

    @Test("the empty pointer is the document")
    func root() {
        #expect(document[.root] == document)
        #expect(JSONPointer("")?.tokens == [])
        #expect(JSONPointer("#")?.tokens == [])
    }

    @Test(
        "places that are not there",
        arguments: ["/foo/2", "/foo/-", "/foo/01", "/foo/+1", "/foo/0/x", "/nope", "/foo/99999999999999999999"])
    func absent(text: String) throws {
        #expect(document[try #require(JSONPointer(text))] == nil)
    }

    @Test("malformed pointers", arguments: ["foo", "/a~", "/a~2", "#foo", "#/%", "#/%zz", "#/%FF"])
    func malformed(text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test("writing escapes what reading unescapes")
    func writing() {
        let pointer = JSONPointer.root.appending("a/b~c").appending(3)
        #expect(pointer.description == "/a~1b~0c/3")
        #expect(JSONPointer(pointer.description) == pointer)
    }
}
