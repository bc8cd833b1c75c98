import Testing

@testable import RegularExpressions

@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test("a text matches, as a part or as a whole, with or without regard to case")
    func matches() throws {
        #expect(try RegularExpression("b+").match("abbc") == .matches)
        #expect(try RegularExpression("b+", .whole).match("abbc") == .differs)
        #expect(try RegularExpression("B", .caseless).match("b") == .matches)
        #expect(try RegularExpression("b").match("B") == .differs)
        #expect(try RegularExpression("^$").match("") == .matches)
        #expect(try RegularExpression(#"^([a-zA-Z_][a-zA-Z\d_\-\ ]*)$"#, [.caseless, .whole]).match("X-Header 1") == .matches)
    }

    @Test("what is no expression says where it is wrong", arguments: ["(", "[a", "a{2,1}", "(?<n", #"\C"#])
    func wrong(pattern: String) {
        #expect { _ = try RegularExpression(pattern) } throws: { error in
            (error as? RegularExpressionFault)?.reason.contains("at character") ?? false
        }
    }

    @Test("too long an expression is refused")
    func long() {
        #expect(throws: RegularExpressionFault.self) { try RegularExpression(String(repeating: "a", count: 20_000)) }
    }

    @Test(
        "a match that would take for ever is given up",
        arguments: ["(a+)+b", "(a|aa)+$b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y|(a*)*b"])
    func bounded(pattern: String) throws {
        let clock = ContinuousClock()
        let expression = try RegularExpression(pattern)
        let text = String(repeating: "a", count: 5_000)
        var outcome = RegularExpression.Outcome.matches
        let duration = clock.measure { outcome = expression.match(text) }
        #expect(outcome != .matches)
        #expect(duration < .seconds(30))
    }
}
