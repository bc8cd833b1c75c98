import Documents
import Testing

/// The same bytes on every run: xorshift with a fixed seed.
struct SeededBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}

@Suite("hostile texts end in an error, never in a crash")
struct JSONFuzzTests {
    private static let pieces = [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d83d", "null", "true", "-", "0", "1e9", ".", " ", "\n", "a", "é",
        "\0", "\"a\"",
    ]

    @Test("random pieces of JSON", arguments: 0..<20)
    func pieces(seed: UInt64) {
        var random = SeededBytes(seed: seed + 1)
        for _ in 0..<300 {
            let text = (0..<random.next(below: 30)).map { _ in Self.pieces[random.next(below: Self.pieces.count)] }.joined()
            guard let value = try? JSONValue.parse(text) else { continue }
            #expect((try? JSONValue.parse(value.serialized())) == value)
        }
    }

    @Test("documents with changed bytes", arguments: 0..<20)
    func mutations(seed: UInt64) {
        var random = SeededBytes(seed: seed + 100)
        let original = Array(#"{"name":"Pet \u00e9","tags":["a","b"],"n":[1,-2.5e3,true,null],"deep":{"x":{"y":[]}}}"#.utf8)
        for _ in 0..<300 {
            var bytes = original
            for _ in 0...random.next(below: 4) { bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256)) }
            bytes = Array(bytes.prefix(random.next(below: bytes.count + 1)))
            guard let value = try? JSONValue.parse(bytes) else { continue }
            #expect((try? JSONValue.parse(value.text)) == value)
        }
    }

    @Test("YAML of random pieces", arguments: 0..<10)
    func yaml(seed: UInt64) {
        var random = SeededBytes(seed: seed + 1000)
        let pieces = [
            "a", ": ", "\n", "  ", "- ", "&a ", "*a", "? ", "[", "]", "{", "}", ", ", "|", ">", "\"", "'", "#", "!!str ", "1",
            "---\n",
        ]
        for _ in 0..<200 {
            let text = (0..<random.next(below: 25)).map { _ in pieces[random.next(below: pieces.count)] }.joined()
            guard let value = try? YAMLDocument.parse(text) else { continue }
            #expect((try? YAMLDocument.parse(YAMLDocument.text(of: value))) == value, "\(text)")
        }
    }

    @Test("TOML of random pieces", arguments: 0..<10)
    func toml(seed: UInt64) {
        var random = SeededBytes(seed: seed + 2000)
        let pieces = ["a", " = ", "\n", "[", "]", "[[", "]]", "\"", "'''", "1", "1979-05-27", "{", "}", ",", ".", "true", "#"]
        for _ in 0..<200 {
            let text = (0..<random.next(below: 20)).map { _ in pieces[random.next(below: pieces.count)] }.joined()
            guard let value = try? TOMLDocument.parse(text) else { continue }
            #expect(value.object != nil)
        }
    }
}
