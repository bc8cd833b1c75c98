import Model
import Testing

@testable import GatewayCore

@Suite("Custom rules at the gateway")
struct CustomRuleTests {
    private func gateway(_ rules: GatewayCustomRule...) throws -> GatewayFixture {
        let gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api()))
        for rule in rules { gateway.put(.customRule(rule)) }
        return gateway
    }

    private func rule(
        _ eligibility: CustomRuleExpression, template: [CustomRuleKeyPart] = [.attribute(.userId)],
        key: CustomRuleExpression = .attribute(.userId), amount: CustomRuleExpression? = nil, limit: Int64 = 2,
        users: [String: String] = [:]
    ) -> GatewayCustomRule {
        GatewayCustomRule(
            id: "rule-1", name: "Rule", keyTemplate: template, eligibility: eligibility, key: key, amount: amount, limit: limit,
            windowMilliseconds: 60_000, users: users)
    }

    private func call(
        _ gateway: GatewayFixture, user: String = "kim", _ fields: [String] = [], method: String = "GET /pizza/1.0.0/menu"
    ) throws -> GatewayFixture.Sent {
        let token = try GatewayFixture.token(["sub": .string(user), "jti": .string("of " + user), "scope": "order"])
        return try gateway.send(method, ["Authorization: Bearer \(token)"] + fields)
    }

    private func isEligible(
        _ expression: CustomRuleExpression, user: String = "kim", _ fields: [String] = []
    ) throws -> Bool {
        let gateway = try gateway(rule(expression, limit: 1))
        _ = try call(gateway, user: user, fields)
        return try call(gateway, user: user, fields).code == 900_806
    }

    @Test("an eligible request counts on its key; the refusal tells when the window ends")
    func counts() throws {
        let gateway = try gateway(rule(.call(.equal, [.attribute(.userId), .text("kim@carbon.super")])))
        #expect(try (0..<3).map { _ in try call(gateway).code } == [0, 0, 900_806])
        let refused = try call(gateway)
        #expect(refused.status == 429 && refused.value("Retry-After") != nil)
        #expect(refused.body.contains("nextAccessTime"))
        #expect(try call(gateway, user: "lee").code == 0)
        gateway.now += 60_000
        #expect(try call(gateway).code == 0)
    }

    @Test("a counter that is used up refuses whoever has its name, eligible or not")
    func template() throws {
        let mark: CustomRuleExpression = .call(.equal, [.property("X-Mark"), .text("1")])
        let gateway = try gateway(rule(mark))
        for _ in 0..<2 { #expect(try call(gateway, ["X-Mark: 1"]).code == 0) }
        #expect(try call(gateway).code == 900_806)
        #expect(try call(gateway, user: "lee").code == 0)
    }

    @Test("a key that is no request's name refuses nobody")
    func otherKey() throws {
        let gateway = try gateway(rule(.truth(true), key: .text("nobody")))
        for _ in 0..<5 { #expect(try call(gateway).code == 0) }
    }

    @Test("a rule adds what it says instead of 1")
    func amounts() throws {
        let gateway = try gateway(
            rule(.truth(true), amount: .call(.toInteger, [.property("messageSize")]), limit: 1000))
        let fields = ["Content-Length: 600"]
        let method = "POST /pizza/1.0.0/order"
        #expect(try (0..<3).map { _ in try call(gateway, fields, method: method).code } == [0, 0, 900_806])
    }

    @Test("a request that a rule refuses consumes nothing on other levels and rules")
    func undo() throws {
        var second = rule(.truth(true), limit: 1)
        second.id = "rule-2"
        let gateway = try gateway(rule(.truth(true), limit: 3), second)
        #expect(try (0..<5).map { _ in try call(gateway).code } == [0, 900_806, 900_806, 900_806, 900_806])
        gateway.apply([.remove(kind: .customRule, key: "rule-2")])
        #expect(try (0..<3).map { _ in try call(gateway).code } == [0, 0, 900_806])
    }

    @Test("a user whom a rule names is known by the id in the token")
    func namedUser() throws {
        let eligible: CustomRuleExpression = .call(.equal, [.attribute(.userId), .text("kim@carbon.super")])
        let gateway = try gateway(
            rule(eligible, key: .text("kim@carbon.super"), limit: 1, users: ["id-of-kim": "kim@carbon.super"]))
        #expect(try call(gateway, user: "id-of-kim").code == 0)
        #expect(try call(gateway, user: "id-of-kim").code == 900_806)
        #expect(try call(gateway, user: "id-of-lee").code == 0)
    }

    @Test(
        "attributes have the values of the request",
        arguments: [
            (.apiContext, "/pizza/1.0.0"), (.apiVersion, "1.0.0"), (.apiName, "Pizza"), (.apiTenant, "carbon.super"),
            (.appTenant, "carbon.super"), (.appId, "1"), (.appKey, "1:kim@carbon.super"), (.userId, "kim@carbon.super"),
            (.apiKey, "/pizza/1.0.0:1.0.0"), (.resourceKey, "/pizza/1.0.0/1.0.0/menu:GET"), (.resourceTier, "Unlimited"),
            (.apiTier, "Unlimited"), (.appTier, "Unlimited"), (.subscriptionTier, "Unlimited"),
            (.subscriptionKey, "1:/pizza/1.0.0:1.0.0:Unlimited"), (.clientIp, "2130706433"),
        ] as [(CustomRuleAttribute, String)])
    func attributes(attribute: CustomRuleAttribute, value: String) throws {
        #expect(try isEligible(.call(.equal, [.attribute(attribute), .text(value)])))
        #expect(try !isEligible(.call(.equal, [.attribute(attribute), .text(value + "x")])))
    }

    @Test("addresses are numbers")
    func addresses() throws {
        let span: CustomRuleExpression = .call(
            .and,
            [
                .call(.greaterOrEqual, [.property("ip"), .integer(167_772_161)]),
                .call(.lessOrEqual, [.property("ip"), .integer(167_772_170)]),
            ])
        #expect(try isEligible(span, ["X-Forwarded-For: 10.0.0.1"]))
        #expect(try !isEligible(span, ["X-Forwarded-For: 10.0.0.11"]))
        let version6: CustomRuleExpression = .call(
            .equal, [.attribute(.clientIp), .text("42540766411282592856903984951653826561")])
        #expect(try isEligible(version6, ["X-Forwarded-For: 2001:db8::1"]))
    }

    @Test(
        "operators and functions compute",
        arguments: [
            (.call(.concatenate, [.text("a"), .integer(1), .truth(true), .property("Nothing")]), .text("a1true")),
            (.call(.add, [.integer(1), .number(0.5)]), .number(1.5)),
            (.call(.subtract, [.integer(1), .integer(3)]), .integer(-2)),
            (.call(.divide, [.integer(7), .integer(2)]), .integer(3)),
            (.call(.remainder, [.integer(7), .integer(4)]), .integer(3)),
            (.call(.multiply, [.integer(6), .integer(7)]), .integer(42)),
            (.call(.upper, [.text("aß")]), .text("Aß")), (.call(.lower, [.text("AB")]), .text("ab")),
            (.call(.length, [.text("üx")]), .integer(2)), (.call(.toInteger, [.text("12")]), .integer(12)),
            (.call(.toNumber, [.text("1.5")]), .number(1.5)), (.call(.toText, [.integer(5)]), .text("5")),
            (.call(.toTruth, [.text("TRUE")]), .truth(true)),
            (.call(.choose, [.truth(false), .text("a"), .text("b")]), .text("b")),
            (.call(.coalesce, [.property("Nothing"), .text("b")]), .text("b")),
            (.call(.contains, [.text("abc"), .text("bc")]), .truth(true)),
            (.call(.startsWith, [.text("abc"), .text("bc")]), .truth(false)),
            (.call(.endsWith, [.text("abc"), .text("bc")]), .truth(true)),
            (.call(.equalsIgnoringCase, [.text("aBc"), .text("AbC")]), .truth(true)),
            (.call(.find, [.text("^a.c$"), .text("abc")]), .truth(true)),
            (.call(.isMissing, [.property("Nothing")]), .truth(true)),
        ] as [(CustomRuleExpression, CustomRuleExpression)])
    func functions(call: CustomRuleExpression, result: CustomRuleExpression) throws {
        #expect(try isEligible(.call(.equal, [call, result])))
    }

    @Test(
        "what cannot be computed makes no request eligible",
        arguments: [
            .call(.divide, [.integer(1), .integer(0)]), .call(.remainder, [.integer(.min), .integer(-1)]),
            .call(.add, [.integer(.max), .integer(1)]), .call(.multiply, [.integer(.max), .integer(.max)]),
            .call(.divide, [.integer(.min), .integer(-1)]), .call(.toInteger, [.text("x")]), .property("Nothing"),
            .call(.toInteger, [.number(1e300)]), .call(.multiply, [.number(1e308), .number(10)]),
            .call(.find, [.text("("), .text("x")]),
            .call(.upper, []), .call(.not, []), .call(.contains, [.text("a")]),
        ] as [CustomRuleExpression])
    func missing(expression: CustomRuleExpression) throws {
        #expect(try isEligible(.call(.isMissing, [expression])) || expression == .call(.not, []))
        for function in [CustomRuleFunction.equal, .unequal, .less, .greaterOrEqual] {
            #expect(try !isEligible(.call(function, [expression, .integer(1)])))
        }
    }
}
