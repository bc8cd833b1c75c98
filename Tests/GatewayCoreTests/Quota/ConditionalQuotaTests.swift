import Model
import Testing

@testable import GatewayCore

@Suite("Conditional groups of advanced policies")
struct ConditionalQuotaTests {
    private func gateway(
        _ conditions: [ThrottlingCondition], limit: Int = 1, defaultLimit: Int = 100, perUser: Bool = false,
        kinds: ConditionKinds = ConditionKinds()
    ) throws -> GatewayFixture {
        let gateway = try GatewayFixture(conditions: kinds)
        gateway.put(.api(GatewayFixture.api { $0.policy = "Conditional" }))
        var policy = GatewayFixture.policy(.api, "Conditional", limit: defaultLimit, perUser: perUser)
        policy.groups = [
            GatewayConditionalGroup(conditions: conditions, quota: .requests, limit: limit, windowMilliseconds: 60_000)
        ]
        gateway.put(.policy(policy))
        return gateway
    }

    private func call(
        _ gateway: GatewayFixture, _ fields: [String] = [], query: String = "", claims: String = "kim"
    ) throws -> Int32 {
        let token = try GatewayFixture.token(["sub": .string(claims), "jti": .string("of " + claims), "role": ["a", "gold"]])
        return try gateway.send("GET /pizza/1.0.0/menu\(query)", ["Authorization: Bearer \(token)"] + fields).code
    }

    @Test(
        "a group applies to requests that meet its condition, and to no others",
        arguments: [
            (.init(.header(name: "X-Plan", value: "^tri.l$")), ["x-plan: trial"], "", ["X-Plan: trials"], ""),
            (.init(.header(name: "User-Agent", value: "Firefox")), ["User-Agent: Mozilla Firefox/1"], "", [], ""),
            (.init(.queryParameter(name: "q ü", value: "a+b")), [], "?q+%C3%BC=aab", [], "?q=aab"),
            (.init(.queryParameter(name: "q", value: "a+b")), [], "?x=1&q=AAB&q=aab", [], "?q=a%2Bb"),
            (.init(.address("10.1.2.3")), ["X-Forwarded-For: 10.1.2.3"], "", ["X-Forwarded-For: 10.1.2.4"], ""),
            (
                .init(.addressRange(from: "10.0.0.9", to: "10.0.1.0")), ["X-Forwarded-For: 10.0.1.0"], "",
                ["X-Forwarded-For: 10.0.1.1"], ""
            ),
            (
                .init(.addressRange(from: "2001:db8::1", to: "2001:db8::ff")), ["X-Forwarded-For: 2001:db8::a0"], "",
                ["X-Forwarded-For: 2001:db8::1:0"], ""
            ),
            (.init(.address("::ffff:10.1.2.3")), ["X-Forwarded-For: 10.1.2.3"], "", ["X-Forwarded-For: ::1"], ""),
            (.init(.header(name: "X-Plan", value: "paid"), isInverted: true), [], "", ["X-Plan: paid"], ""),
        ] as [(ThrottlingCondition, [String], String, [String], String)])
    func applies(
        condition: ThrottlingCondition, fields: [String], query: String, otherFields: [String], otherQuery: String
    ) throws {
        let gateway = try gateway([condition])
        #expect(try call(gateway, fields, query: query) == 0)
        #expect(try call(gateway, fields, query: query) == 900_800)
        for _ in 0..<3 { #expect(try call(gateway, otherFields, query: otherQuery) == 0) }
    }

    @Test(
        "claims of the token and claims about the call are looked at",
        arguments: [("sub", "^kim$"), ("role", "gold"), ("http://wso2.org/claims/applicationname", "Shop")])
    func claims(name: String, value: String) throws {
        let gateway = try gateway([.init(.claim(name: name, value: value))])
        #expect(try call(gateway) == 0)
        #expect(try call(gateway) == 900_800)
        let others = try self.gateway([.init(.claim(name: name, value: value + "x"))])
        for _ in 0..<3 { #expect(try call(others) == 0) }
    }

    @Test("all conditions of a group have to be met")
    func conjunction() throws {
        let gateway = try gateway([.init(.header(name: "A", value: "1")), .init(.header(name: "B", value: "1"))])
        for _ in 0..<3 { #expect(try call(gateway, ["A: 1"]) == 0) }
        #expect(try call(gateway, ["A: 1", "B: 1"]) == 0)
        #expect(try call(gateway, ["A: 1", "B: 1"]) == 900_800)
    }

    @Test("requests in no group count on the policy's own limit, those in a group do not")
    func defaultLimit() throws {
        let gateway = try gateway([.init(.header(name: "A", value: "1"))], limit: 5, defaultLimit: 2)
        for _ in 0..<5 { #expect(try call(gateway, ["A: 1"]) == 0) }
        #expect(try (0..<4).map { _ in try call(gateway) } == [0, 0, 900_800, 900_800])
    }

    @Test("a request in two groups counts on both, and on neither when one refuses it")
    func twoGroups() throws {
        let gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api { $0.policy = "Two" }))
        var policy = GatewayFixture.policy(.api, "Two", limit: 100)
        policy.groups = [("A", 3), ("B", 1)].map { name, limit in
            GatewayConditionalGroup(
                conditions: [.init(.header(name: name, value: ""))], quota: .requests, limit: limit,
                windowMilliseconds: 60_000)
        }
        gateway.put(.policy(policy))
        #expect(try call(gateway, ["A: 1", "B: 1"]) == 0)
        for _ in 0..<5 { #expect(try call(gateway, ["A: 1", "B: 1"]) == 900_800) }
        #expect(try (0..<3).map { _ in try call(gateway, ["A: 1"]) } == [0, 0, 900_800])
    }

    @Test("a policy per user counts each user apart, in groups too")
    func perUser() throws {
        let gateway = try gateway([.init(.header(name: "A", value: "1"))], defaultLimit: 1, perUser: true)
        for fields in [["A: 1"], []] {
            #expect(try call(gateway, fields, claims: "kim") == 0)
            #expect(try call(gateway, fields, claims: "kim") == 900_800)
            #expect(try call(gateway, fields, claims: "lee") == 0)
        }
    }

    @Test("a kind of condition that is switched off makes its groups never apply")
    func switchedOff() throws {
        let gateway = try gateway(
            [.init(.header(name: "A", value: "1"), isInverted: true)], kinds: ConditionKinds(header: false))
        for _ in 0..<3 { #expect(try call(gateway) == 0) }
    }

    @Test("a hostile value cannot keep the loop busy")
    func hostileValue() throws {
        let gateway = try gateway([.init(.header(name: "A", value: "(a+)+(b|c){1,40}$"))])
        let start = ContinuousClock.now
        #expect(try call(gateway, ["A: " + String(repeating: "a", count: 6_000)]) == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("groups count on the level of operations too, each operation apart")
    func operations() throws {
        let gateway = try gateway([.init(.header(name: "A", value: "1"))])
        gateway.put(
            .api(
                GatewayFixture.api { api in for index in api.operations.indices { api.operations[index].policy = "Conditional" }
                }))
        #expect(try call(gateway, ["A: 1"]) == 0)
        #expect(try call(gateway, ["A: 1"]) == 900_802)
    }
}
