import Model
import Testing

@testable import Operating

@Suite("The language of custom rules")
struct CustomRuleParserTests {
    static let example = """
        FROM RequestStream
        SELECT userId, ( userId == 'admin@carbon.super' and apiContext == '/pizzashack/1.0.0' and apiVersion == '1.0.0') AS isEligible ,
        str:concat('admin@carbon.super',':','/pizzashack/1.0.0:1.0.0') as throttleKey
        INSERT INTO EligibilityStream;

        FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min)
        SELECT throttleKey, (count(userId) >= 5 as isThrottled), expiryTimeStamp group by throttleKey
        INSERT ALL EVENTS into ResultStream;
        """

    private func rule(
        _ eligible: String, key: String = "userId", window: String = "1 min", measure: String = "count(throttleKey) >= 5"
    )
        -> String
    {
        """
        FROM RequestStream SELECT (\(eligible)) AS isEligible, \(key) AS throttleKey INSERT INTO EligibilityStream;
        FROM EligibilityStream[isEligible==true]#throttler:timeBatch(\(window))
        SELECT throttleKey, (\(measure)) AS isThrottled, expiryTimeStamp GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream;
        """
    }

    @Test("the usual shape is understood")
    func usual() throws {
        let rule = try RuleQueryParser.rule(of: Self.example)
        #expect(rule.limit == 5 && rule.windowMilliseconds == 60_000 && rule.amount == nil)
        #expect(
            rule.key
                == .call(.concatenate, [.text("admin@carbon.super"), .text(":"), .text("/pizzashack/1.0.0:1.0.0")]))
        let eligible: CustomRuleExpression = .call(
            .and,
            [
                .call(.equal, [.attribute(.userId), .text("admin@carbon.super")]),
                .call(.equal, [.attribute(.apiContext), .text("/pizzashack/1.0.0")]),
                .call(.equal, [.attribute(.apiVersion), .text("1.0.0")]),
            ])
        #expect(rule.eligibility == .call(.equal, [eligible, .truth(true)]))
    }

    @Test(
        "other spellings mean the same",
        arguments: [
            "(throttler:distributedCount(throttleKey) >= 5) as isThrottled", "(count() > 4) AS isThrottled",
            "count(throttleKey) >= 5 as isThrottled", "(5 <= count(throttleKey)) as isThrottled",
            "(COUNT(messageID) >= 5L AS isThrottled)",
        ])
    func measures(measure: String) throws {
        let text = Self.example.replacing("(count(userId) >= 5 as isThrottled)", with: measure)
        #expect(try RuleQueryParser.rule(of: text) == (try RuleQueryParser.rule(of: Self.example)))
    }

    @Test(
        "windows have their lengths",
        arguments: [
            ("30 sec", 30_000), ("1 min, 0", 60_000), ("1 hour 30 min", 5_400_000), ("2 days", 172_800_000),
            ("1 week", 604_800_000), ("1 month", 2_592_000_000), ("1 year", 31_536_000_000), ("2000 millisec", 2000),
        ])
    func windows(text: String, milliseconds: Int64) throws {
        #expect(try RuleQueryParser.rule(of: rule("true", window: text)).windowMilliseconds == milliseconds)
    }

    @Test("the strength of operators, comments and both quotes")
    func precedence() throws {
        let text = rule(#"not apiName == "it's" or 1 + 2 * 3 > 6 -- why not"# + "\n and /* both */ true")
        let rule = try RuleQueryParser.rule(of: text)
        let expected: CustomRuleExpression = .call(
            .or,
            [
                .call(.not, [.call(.equal, [.attribute(.apiName), .text("it's")])]),
                .call(
                    .and,
                    [
                        .call(
                            .greater,
                            [.call(.add, [.integer(1), .call(.multiply, [.integer(2), .integer(3)])]), .integer(6)]),
                        .truth(true),
                    ]),
            ])
        #expect(rule.eligibility == .call(.equal, [expected, .truth(true)]))
    }

    @Test("sums of numbers are measured in place of requests")
    func sum() throws {
        let rule = try RuleQueryParser.rule(
            of: rule("true", measure: "sum(cast(map:get(propertiesMap,'messageSize'),'long')) >= 1024"))
        #expect(rule.amount == .call(.toInteger, [.property("messageSize")]) && rule.limit == 1024)
    }

    @Test("a condition behind the first stream counts too")
    func filter() throws {
        let text = rule("true").replacing("RequestStream SELECT", with: "RequestStream[apiTenant == 'x'] SELECT")
        let rule = try RuleQueryParser.rule(of: text)
        #expect(
            rule.eligibility
                == .call(
                    .and,
                    [.call(.equal, [.attribute(.apiTenant), .text("x")]), .call(.equal, [.truth(true), .truth(true)])]))
    }

    @Test(
        "what is not understood is refused with its place and the reason",
        arguments: [
            ("user == 'x'", 1, 28, "there is no attribute 'user'"), ("userId = 'x'", 1, 35, "'=' means nothing"),
            ("userId == 5", 1, 35, "'==' cannot compare a text with a whole number"),
            ("userId", 2, 34, "'==' cannot compare"), ("str:reverse(userId) == 'x'", 1, 28, "there is no function str:reverse"),
            ("str:contains(userId) == true", 1, 28, "str:contains takes 2 arguments, not 1"),
            ("str:length('a', 'b') > 1", 1, 28, "str:length takes 1 arguments, not 2"),
            ("userId == 'x", 1, 38, "no closing quote"), ("count(userId) > 3", 1, 28, "can only stand in the second query"),
            ("userId + 'x' == 'y'", 1, 35, "str:concat joins texts"), ("not userId", 1, 32, "expected true or false"),
            ("true and 1", 1, 37, "expected true or false, found a whole number"), ("propertiesMap == 1", 1, 28, "one by one"),
            ("map:get(userId, 'x') == 1", 1, 36, "expected propertiesMap"),
            ("regex:find('(', userId)", 1, 28, "'(' without ')'"),
            ("regex:find(userId, userId)", 1, 39, "must be a text in quotes"),
            ("cast(userId, 'date') == 1", 1, 41, "the type must be one of"), ("true;", 1, 32, "expected ')'"),
            ("99999999999999999999 > 1", 1, 28, "too large"),
        ])
    func faults(eligible: String, line: Int, column: Int, message: String) throws {
        let fault = #expect(throws: CustomRuleFault.self) { try RuleQueryParser.rule(of: rule(eligible)) }
        #expect(fault?.message.contains(message) == true, "\(String(describing: fault))")
        #expect(fault?.line == line && fault?.column == column, "\(String(describing: fault))")
    }

    @Test(
        "queries of other shapes are refused",
        arguments: [
            ("", "expected FROM, found the end"), ("SELECT 1", "expected FROM"),
            ("FROM Other SELECT", "expected the stream RequestStream"),
            ("FROM RequestStream#window.length(5) SELECT", "the window belongs into the second query"),
            ("FROM RequestStream SELECT true AS isEligible INSERT INTO EligibilityStream;", "the first query must select"),
            ("FROM RequestStream SELECT 1 + 1 INSERT", "expected AS and a name"), ("define stream S (a int);", "expected FROM"),
            ("FROM RequestStream SELECT userId AS throttleKey INSERT INTO Other;", "expected the stream EligibilityStream"),
        ])
    func shapes(text: String, message: String) {
        let fault = #expect(throws: CustomRuleFault.self) { try RuleQueryParser.rule(of: text) }
        #expect(fault?.message.contains(message) == true, "\(String(describing: fault))")
    }

    @Test(
        "second queries of other shapes are refused",
        arguments: [
            ("#throttler:timeBatch(1 min)", "#window.length(5)", "windows of the kind window:length"),
            ("#throttler:timeBatch(1 min)", "#throttler:timeBatch(1 fortnight)", "'fortnight' is no unit"),
            ("#throttler:timeBatch(1 min)", "#throttler:timeBatch(100 years)", "366 days at most"),
            ("#throttler:timeBatch(1 min)", "#throttler:timeBatch(9223372036854775807 years)", "366 days at most"),
            ("#throttler:timeBatch(1 min)", "#throttler:timeBatch()", "at least a second"),
            ("#throttler:timeBatch(1 min)", "", "expected '#throttler:timeBatch(1 min)'"),
            ("count(userId) >= 5", "count(userId) <= 5", "expected '>=' or '>'"),
            ("count(userId) >= 5", "count(userId) >= 0", "at least 1"),
            ("count(userId) >= 5", "avg(userId) >= 5", "found avg"),
            ("count(userId) >= 5", "sum(userId) >= 5", "sum adds numbers"),
            ("count(userId) >= 5", "count(userId) >= count(userId)", "a whole number"),
            ("group by throttleKey", "group by userId", "expected throttleKey"), ("group by throttleKey", "", "expected GROUP"),
            ("[isEligible==true]", "", "expected '[isEligible==true]'"),
            ("INSERT ALL EVENTS into ResultStream;", "INSERT into ResultStream; FROM", "expected the end"),
            ("as isThrottled", "as blocked", "expected isThrottled"),
        ])
    func secondQuery(part: String, replacement: String, message: String) {
        let text = Self.example.replacing(part, with: replacement)
        let fault = #expect(throws: CustomRuleFault.self) { try RuleQueryParser.rule(of: text) }
        #expect(fault?.message.contains(message) == true, "\(String(describing: fault))")
    }

    @Test(
        "texts that would exhaust a gateway are refused",
        arguments: [
            String(repeating: "(", count: 5000) + "true", String(repeating: "not ", count: 1000) + "true",
            Array(repeating: "1", count: 500).joined(separator: "+") + " > 1",
            String(repeating: "str:lower(", count: 200) + "userId", String(repeating: "x", count: 20_000),
        ])
    func bounds(eligible: String) {
        #expect(throws: CustomRuleFault.self) { try RuleQueryParser.rule(of: rule(eligible)) }
    }

    @Test("long chains of and are no problem")
    func chains() throws {
        let chain = (0..<200).map { "apiName != 'a\($0)'" }.joined(separator: " and ")
        let rule = try RuleQueryParser.rule(of: rule(chain))
        guard case .call(.equal, let sides) = rule.eligibility, case .call(.and, let parts) = sides[0] else {
            Issue.record("\(rule.eligibility)")
            return
        }
        #expect(parts.count == 200)
    }

    // MARK: Properties

    @Test("every expression that is written is read as it was meant", arguments: 0..<300)
    func roundTrip(seed: UInt64) throws {
        var writer = RuleWriter(seed: seed)
        let expression = writer.truth(depth: 5)
        let text = rule(expression.text)
        let read = try RuleQueryParser.rule(of: text)
        #expect(read.eligibility == .call(.equal, [expression.meaning, .truth(true)]), "\(expression.text)")
    }

    @Test("no change of a rule crashes the reader, and faults lie inside of the text", arguments: 0..<400)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var characters = Array(Self.example)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<characters.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: characters.remove(at: place)
            case 1: characters[place] = "()[]'\",;#:.=<>!\u{0}é\n 9zL".randomElement(using: &random) ?? "x"
            default: characters.insert(contentsOf: characters[place...].prefix(30), at: place)
            }
        }
        let text = String(characters)
        do {
            _ = try RuleQueryParser.rule(of: text)
        } catch {
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            #expect((1...lines.count).contains(error.line))
            #expect(error.column >= 1 && error.column <= lines[error.line - 1].count + 1)
            #expect(!error.message.isEmpty)
        }
    }
}

@Suite("Key templates of custom rules")
struct KeyTemplateParserTests {
    @Test("variables and text between them")
    func parts() throws {
        #expect(
            try KeyTemplateParser.parts(of: "x$userId:$apiContext:$apiVersion")
                == [
                    .text("x"), .attribute(.userId), .text(":"), .attribute(.apiContext), .text(":"), .attribute(.apiVersion),
                ])
        #expect(try KeyTemplateParser.parts(of: "$clientIp") == [.attribute(.clientIp)])
    }

    @Test(
        "unknown variables are named with their place",
        arguments: [
            ("$userId:$nobody", 9, "there is no variable $nobody"), ("$customProperty.x", 1, "not supported"),
            ("plain", 1, "at least one"),
            ("$", 1, "there is no variable $"), (String(repeating: "$userId", count: 100), 1, "at most 512 bytes"),
        ])
    func faults(template: String, column: Int, message: String) {
        let fault = #expect(throws: CustomRuleFault.self) { try KeyTemplateParser.parts(of: template) }
        #expect(fault?.column == column && fault?.message.contains(message) == true, "\(String(describing: fault))")
    }
}
