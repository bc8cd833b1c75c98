import Model
import Testing

@testable import GatewayCore

@Suite("Deny policies at the gateway")
struct DenialTests {
    private func deny(_ condition: DenyCondition, id: String = "1", tenant: Int = -1234, userID: String? = nil) -> GatewayEntity
    {
        .denyPolicy(GatewayDenyPolicy(id: id, tenant: tenant, condition: condition, userID: userID))
    }

    private func call(_ gateway: GatewayFixture, _ fields: [String] = [], path: String = "/menu") throws -> GatewayFixture.Sent
    {
        try gateway.send(
            "GET /pizza/1.0.0\(path)", ["Authorization: Bearer \(try GatewayFixture.token(["azp": "client"]))"] + fields)
    }

    private func gateway() throws -> GatewayFixture {
        let gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api()))
        return gateway
    }

    @Test(
        "each kind of policy refuses what it names, and nothing else",
        arguments: [
            (.api(context: "/pizza/1.0.0"), .api(context: "/pizza/2.0.0"), []),
            (.application(owner: "kim", name: "Shop \"1\""), .application(owner: "lee", name: "Shop \"1\""), []),
            (.user("kim@carbon.super"), .user("lee@carbon.super"), []),
            (.address("10.0.0.1", isInverted: false), .address("10.0.0.2", isInverted: false), ["X-Forwarded-For: 10.0.0.1"]),
            (.address("10.0.0.2", isInverted: true), .address("10.0.0.1", isInverted: true), ["X-Forwarded-For: 10.0.0.1"]),
            (
                .addressRange(from: "10.0.0.1", to: "10.0.0.9", isInverted: false),
                .addressRange(from: "10.0.0.2", to: "10.0.0.9", isInverted: false), ["X-Forwarded-For: 10.0.0.1"]
            ),
            (
                .addressRange(from: "2001:db8::1", to: "2001:db8::9", isInverted: true),
                .addressRange(from: "2001:db8::1", to: "2001:db8::a", isInverted: true), ["X-Forwarded-For: 2001:db8::a"]
            ),
            (
                .subscription("/pizza/1.0.0:1.0.0:kim-Shop \"1\":PRODUCTION"),
                .subscription("/pizza/1.0.0:1.0.0:kim-Shop \"1\":SANDBOX"), []
            ),
        ] as [(DenyCondition, DenyCondition, [String])])
    func kinds(denied: DenyCondition, other: DenyCondition, fields: [String]) throws {
        let gateway = try gateway()
        #expect(try call(gateway, fields).code == 0)
        gateway.put(deny(denied))
        let refused = try call(gateway, fields)
        #expect(refused.status == 403 && refused.code == 900_805)
        #expect(
            refused.body
                == #"{"code":"900805","message":"Message blocked","description":"You have been blocked from accessing the resource"}"#
        )
        gateway.put(deny(other))
        #expect(try call(gateway, fields).code == 0)
    }

    @Test("a user is recognised by the id in the token, too")
    func userID() throws {
        let gateway = try gateway()
        gateway.put(deny(.user("somebody@carbon.super"), userID: "kim"))
        #expect(try call(gateway).code == 900_805)
    }

    @Test("names of users compare without case")
    func userCase() throws {
        let gateway = try gateway()
        gateway.put(deny(.user("KIM@Carbon.super")))
        #expect(try call(gateway).code == 900_805)
    }

    @Test("a policy that is removed refuses nothing any more, others go on")
    func removal() throws {
        let gateway = try gateway()
        gateway.put(deny(.api(context: "/pizza/1.0.0"), id: "1"), deny(.user("kim@carbon.super"), id: "2"))
        gateway.apply([.remove(kind: .denyPolicy, key: "1")])
        #expect(try call(gateway).code == 900_805)
        gateway.apply([.remove(kind: .denyPolicy, key: "2")])
        #expect(try call(gateway).code == 0)
    }

    @Test("policies of another tenant touch neither this tenant's APIs nor its applications")
    func tenants() throws {
        let gateway = try gateway()
        gateway.put(
            deny(.api(context: "/pizza/1.0.0"), id: "1", tenant: 5), deny(.user("kim@carbon.super"), id: "2", tenant: 5),
            deny(.address("10.0.0.1", isInverted: true), id: "3", tenant: 5),
            deny(.application(owner: "kim", name: "Shop \"1\""), id: "4", tenant: 5))
        #expect(try call(gateway).code == 0)
    }

    @Test("a denied call counts nowhere, and callers without credential are shut out by address")
    func order() throws {
        let gateway = try gateway()
        gateway.put(
            .policy(GatewayFixture.policy(.application, "One", limit: 1)),
            .application(GatewayFixture.application(policy: "One")),
            deny(.address("127.0.0.1", isInverted: false)))
        for _ in 0..<3 { #expect(try call(gateway).code == 900_805) }
        #expect(try gateway.send("GET /pizza/1.0.0/open/a").code == 900_805)
        gateway.apply([.remove(kind: .denyPolicy, key: "1")])
        #expect(try call(gateway).code == 0)
        #expect(try call(gateway).code == 900_803)
    }
}
