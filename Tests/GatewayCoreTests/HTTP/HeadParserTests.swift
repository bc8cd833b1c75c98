import Testing

@testable import GatewayCore

/// A parsed head in a form that tests compare.
struct ParsedHead: Equatable {
    var method = ""
    var target = ""
    var path = ""
    var query = ""
    var host = ""
    var body = RequestHead.BodyFraming.none
    var keepsAlive = true
    var fields: [String] = []
}

/// Parses `text` in pieces of `step` bytes, as a slow connection would bring it.
func parseHead(_ text: String, step: Int = .max, limits: WireLimits = WireLimits()) -> (HeadParser.Outcome, ParsedHead?) {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { all in
        var parser = HeadParser(limits: limits)
        let fields = FieldTable()
        defer { withExtendedLifetime(fields) {} }
        var head = RequestHead(base: all.baseAddress ?? UnsafeRawPointer(OutputBuffer().start), fields: fields)
        var end = 0
        var outcome = HeadParser.Outcome.incomplete
        while end < all.count, outcome == .incomplete {
            end = step == .max ? all.count : min(end + step, all.count)
            outcome = parser.parse(UnsafeRawBufferPointer(rebasing: all[..<end]), into: &head)
        }
        guard outcome == .complete else { return (outcome, nil) }
        func text(_ span: ByteSpan) -> String { String(decoding: head.bytes(span), as: UTF8.self) }
        let parsed = ParsedHead(
            method: text(head.method), target: text(head.target), path: text(head.path), query: text(head.query),
            host: text(head.host), body: head.body, keepsAlive: head.keepsAlive,
            fields: head.fields.map { "\(text($0.name))=\(text($0.value))" })
        return (outcome, parsed)
    }
}

struct HeadParserTests {
    @Test("a head is the same in whatever pieces it arrives", arguments: [1, 2, 3, 7, 64, .max])
    func pieces(step: Int) {
        let text =
            "POST /a/b?x=1&y HTTP/1.1\r\nHost: api.example.com:8243\r\nContent-Length: 12\r\nX-Empty:\r\nX-Tab: \ta\tb \t\r\n\r\n"
        let expected = ParsedHead(
            method: "POST", target: "/a/b?x=1&y", path: "/a/b", query: "x=1&y", host: "api.example.com:8243", body: .length(12),
            fields: ["Host=api.example.com:8243", "Content-Length=12", "X-Empty=", "X-Tab=a\tb"])
        #expect(parseHead(text, step: step).1 == expected)
    }

    @Test("an absolute target gives path and host")
    func absoluteTarget() {
        let head = parseHead("GET http://b.example/p?q HTTP/1.1\r\nHost: a\r\n\r\n").1
        #expect(head?.target == "/p?q")
        #expect(head?.host == "b.example")
        #expect(parseHead("GET https://b.example HTTP/1.1\r\nHost: a\r\n\r\n").1?.path == "/")
    }

    @Test("one empty line before a request is skipped, a second is not")
    func emptyLines() {
        #expect(parseHead("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", step: 1).1?.path == "/")
        #expect(parseHead("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").0 == .refused(.malformedField))
    }

    @Test(
        "connections are kept as the version and the field say",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, CLOSE\r\n", false),
            ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", true),
            ("1.0", "Connection: keep-alive, close\r\n", false),
        ])
    func keepsAlive(version: String, field: String, expected: Bool) {
        #expect(parseHead("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n").1?.keepsAlive == expected)
    }

    @Test("what two servers could read differently is refused", arguments: SmugglingCase.all)
    func smuggling(_ sample: SmugglingCase) {
        #expect(parseHead(sample.text).0 == .refused(sample.problem))
        #expect(parseHead(sample.text, step: 1).0 == .refused(sample.problem))
    }

    @Test("every control character in a value is refused but the tab", arguments: Array(0...31) + [127])
    func controlCharacters(code: Int) throws {
        let character = Character(try #require(Unicode.Scalar(code)))
        for padding in Array(0..<9) + [31, 32, 33, 63, 64, 70] {
            let text = "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "v", count: padding))\(character)w12345678\r\n\r\n"
            #expect((parseHead(text).0 == .complete) == (code == 9))
        }
    }

    @Test("names of any length hold tokens only", arguments: 0...255)
    func fieldNames(code: Int) throws {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for padding in 0..<18 {
            let name = [UInt8](repeating: UInt8(ascii: "n"), count: padding) + [UInt8(code)] + Array("-Name".utf8)
            let text = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + name + Array(": value\r\n\r\n".utf8)
            let outcome = try text.withUnsafeBytes { bytes in
                var parser = HeadParser(limits: WireLimits())
                let fields = FieldTable()
                defer { withExtendedLifetime(fields) {} }
                var head = RequestHead(base: try #require(bytes.baseAddress), fields: fields)
                return parser.parse(bytes, into: &head)
            }
            // A colon ends the name early, which leaves another valid one in front of a longer value.
            let isValid = tokens.contains(UInt8(code)) || code == UInt8(ascii: ":") && padding > 0
            #expect((outcome == .complete) == isValid, "\(code) behind \(padding)")
        }
    }

    @Test("bytes above ASCII are allowed in values")
    func obsText() { #expect(parseHead("GET / HTTP/1.1\r\nHost: a\r\nX: gr\u{fc}n\u{80}\r\n\r\n").0 == .complete) }

    @Test("limits have their own answers")
    func limits() {
        var limits = WireLimits()
        limits.headBytes = 1024
        limits.targetBytes = 100
        limits.fieldCount = 5
        let long = String(repeating: "a", count: 2000)
        #expect(parseHead("GET /\(long) HTTP/1.1\r\n", limits: limits).0 == .refused(.targetTooLong))
        #expect(parseHead("GET /\(long.prefix(100)) HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits).0 == .refused(.targetTooLong))
        #expect(parseHead("GET / HTTP/1.1\r\nX: \(long)", limits: limits).0 == .refused(.headTooLarge))
        #expect(
            parseHead("GET / HTTP/1.1\r\nHost: a\r\nX: \(long.prefix(1000))\r\n\r\n", limits: limits).0
                == .refused(.headTooLarge))
        let fields = String(repeating: "X: y\r\n", count: 5)
        #expect(parseHead("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", limits: limits).0 == .refused(.tooManyFields))
    }

    @Test("a mutated head never reads outside its bytes, and is refused or complete")
    func mutations() {
        var random = SeededGenerator(seed: 7)
        let seed = Array(
            "POST http://h/a?b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let text = String(decoding: bytes, as: UTF8.self)
            let whole = parseHead(text)
            #expect(whole.0 == .complete || whole.0 == .incomplete || whole.1 == nil)
            if whole.0 == .complete { #expect(parseHead(text, step: 3).1 == whole.1) }
        }
    }
}

/// A request that must not pass, and why.
struct SmugglingCase: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var problem: WireProblem
    var testDescription: String { name }

    private static func post(_ name: String, _ fields: String, _ problem: WireProblem, version: String = "1.1") -> SmugglingCase
    {
        SmugglingCase(name: name, text: "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\r\n", problem: problem)
    }

    private static func raw(_ name: String, _ text: String, _ problem: WireProblem) -> SmugglingCase {
        SmugglingCase(name: name, text: text, problem: problem)
    }

    static let all: [SmugglingCase] =
        [
            post("length and coding", "Content-Length: 5\r\nTransfer-Encoding: chunked", .conflictingFraming),
            post("coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 5", .conflictingFraming),
            post("two lengths", "Content-Length: 5\r\nContent-Length: 6", .invalidContentLength),
            post("two equal lengths", "Content-Length: 5\r\nContent-Length: 5", .invalidContentLength),
            post("list of lengths", "Content-Length: 5, 5", .invalidContentLength),
            post("signed length", "Content-Length: +5", .invalidContentLength),
            post("negative length", "Content-Length: -5", .invalidContentLength),
            post("hexadecimal length", "Content-Length: 0x5", .invalidContentLength),
            post("empty length", "Content-Length:", .invalidContentLength),
            post("length with text", "Content-Length: 5 x", .invalidContentLength),
            post("overflowing length", "Content-Length: 99999999999999999999", .invalidContentLength),
            post("two codings fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .conflictingFraming),
            post("unknown coding", "Transfer-Encoding: xchunked", .conflictingFraming),
            post("quoted coding", "Transfer-Encoding: \"chunked\"", .conflictingFraming),
            post("identity", "Transfer-Encoding: identity", .conflictingFraming),
            post("chunked not last", "Transfer-Encoding: chunked, gzip", .conflictingFraming),
            post("coding before chunked", "Transfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
            post("coding in HTTP/1.0", "Transfer-Encoding: chunked", .conflictingFraming, version: "1.0"),
            post("space before colon", "Content-Length : 5", .malformedField),
            post("tab before colon", "Content-Length\t: 5", .malformedField),
            post("folded line", "X: a\r\n b", .malformedField),
            post("folded first line", " X: a", .malformedField),
            post("no colon", "X", .malformedField),
            post("empty name", ": a", .malformedField),
            post("name with slash", "X/Y: a", .malformedField),
            post("bare CR in value", "X: a\rContent-Length: 5", .malformedField),
            post("bare LF in head", "X: a\nContent-Length: 5", .malformedField),
            post("NUL in value", "X: a\0b", .malformedField),
            post("expectation", "Expect: 200-ok", .unsupportedExpectation),
        ] + [
            raw("no host", "GET / HTTP/1.1\r\n\r\n", .invalidHost),
            raw("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .invalidHost),
            raw("host with slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
            raw("host with at", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .invalidHost),
            raw("host with space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .invalidHost),
            raw("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("tab in line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("version with text", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("space at end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("no version", "GET /\r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
            raw("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
            raw("fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("user in target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("escape without digits", "GET /% HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape with one digit", "GET /a%2 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape before the query", "GET /a%2?b=1 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape of letters", "GET /a%20%zz HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape in the query", "GET /a%20?b=%41%4g HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape at the end of the query", "GET /a?b=100% HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("escape in absolute form", "GET http://a/?b=%x0 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedEscape),
            raw("byte above ASCII", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
            raw("bare LF", "GET / HTTP/1.1\nHost: a\n\n", .malformedField),
            raw("TLS on the plain port", "\u{16}\u{3}\u{1}", .malformedRequestLine),
        ]
}

/// A repeatable generator (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
