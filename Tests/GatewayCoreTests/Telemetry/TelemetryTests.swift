import Documents
import Model
import Testing

@testable import GatewayCore

@Suite("Access log and events")
struct TelemetryTests {
    let gateway: GatewayFixture
    let token: [String]

    init() throws {
        gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api()))
        token = ["Authorization: Bearer \(try GatewayFixture.token())"]
    }

    private func lines(_ buffer: LogBuffer) -> [String] {
        String(decoding: buffer.take() ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func event(_ requestLine: String, _ fields: [String] = []) throws -> JSONValue? {
        _ = gateway.pipeline.analytics.take()
        try gateway.send(requestLine, fields)
        return try lines(gateway.pipeline.analytics).first.map { try JSONValue.parse($0) }
    }

    @Test("a request that passed is an event with every field")
    func response() throws {
        gateway.exchange.responseBodyBytes = 0
        let event = try #require(
            try event(
                "GET /pizza/1.0.0/order/7?x=1",
                token + ["User-Agent: curl/8 \"\u{e9}\\", "X-Forwarded-For: 192.0.2.1", "activityid: id-1"]))
        let expected: JSONValue = [
            "requestTimestamp": "2023-11-14T22:14:00.000Z", "correlationId": "id-1", "keyType": "PRODUCTION", "apiId": "api-1",
            "apiName": "Pizza", "apiVersion": "1.0.0", "apiType": "HTTP", "apiCreator": "admin",
            "apiCreatorTenantDomain": "carbon.super",
            "apiMethod": "GET", "apiContext": "/pizza/1.0.0", "apiResourceTemplate": "/order/{id}",
            "destination": "http://backend:9000/base/", "applicationId": "app-1", "applicationName": "Shop \"1\"",
            "applicationOwner": "kim", "regionId": "default", "gatewayType": "SYNAPSE", "userAgent": "curl",
            "platform": "UNKNOWN",
            "userName": "kim@carbon.super", "userIp": "192.0.2.1", "proxyResponseCode": 200, "targetResponseCode": 200,
            "responseCacheHit": false, "responseLatency": 25, "backendLatency": 0, "requestMediationLatency": 0,
            "responseMediationLatency": 0, "properties": ["responseSize": 0], "eventType": "response",
        ]
        for (name, value) in expected.object ?? JSONObject() where name != "requestTimestamp" {
            #expect(event[name] == value, "\(name)")
        }
        #expect(Set(event.object?.names ?? []) == Set(expected.object?.names ?? []))
        #expect(
            event["requestTimestamp"] == "2023-11-14T22:13:59.975Z" || event["requestTimestamp"] == "2023-11-14T22:14:00.000Z")
    }

    @Test("a refusal is a fault with every field")
    func fault() throws {
        let event = try #require(try event("GET /pizza/1.0.0/menu"))
        let names = [
            "requestTimestamp", "correlationId", "keyType", "errorType", "errorCode", "errorMessage", "apiId", "apiType",
            "apiName",
            "apiVersion", "apiCreator", "apiCreatorTenantDomain", "applicationId", "applicationName", "applicationOwner",
            "regionId",
            "gatewayType", "proxyResponseCode", "targetResponseCode", "eventType",
        ]
        #expect(Set(event.object?.names ?? []) == Set(names))
        #expect(
            event["errorType"] == "AUTH" && event["errorCode"] == 900_902 && event["errorMessage"] == "AUTHENTICATION_FAILURE")
        #expect(event["applicationId"] == "UNKNOWN" && event["proxyResponseCode"] == 401 && event["targetResponseCode"] == -1)
    }

    @Test("misses on a known API are faults, everything else unknown is no event")
    func categories() throws {
        #expect(try event("GET /pizza/1.0.0/none")?["errorMessage"] == "RESOURCE_NOT_FOUND")
        #expect(try event("POST /pizza/1.0.0/menu")?["errorMessage"] == "METHOD_NOT_ALLOWED")
        #expect(try event("GET /none") == nil)
        #expect(try event("GET /") == nil)
        #expect(try event("OPTIONS /pizza/1.0.0/menu", ["Origin: x", "Access-Control-Request-Method: GET"]) == nil)
        #expect(try event("GET /pizza/1.0.0/open/a")?["userName"] == "anonymous")
        let key = "Internal-Key: \(try GatewayFixture.internalKey())"
        #expect(try event("GET /pizza/1.0.0/menu", [key])?["applicationName"] == "internal-key-app")
    }

    @Test(
        "codes are named",
        arguments: [
            (900_800, "THROTTLED", "API_LEVEL_LIMIT_EXCEEDED"), (900_802, "THROTTLED", "RESOURCE_LEVEL_LIMIT_EXCEEDED"),
            (900_803, "THROTTLED", "APPLICATION_LEVEL_LIMIT_EXCEEDED"), (900_804, "THROTTLED", "SUBSCRIPTION_LIMIT_EXCEEDED"),
            (900_807, "THROTTLED", "BURST_CONTROL_LIMIT_EXCEEDED"), (900_801, "THROTTLED", "HARD_LIMIT_EXCEEDED"),
            (900_805, "THROTTLED", "BLOCKED"), (900_806, "THROTTLED", "CUSTOM_POLICY_LIMIT_EXCEEDED"),
            (900_808, "THROTTLED", "OTHER"),
            (900_901, "AUTH", "AUTHENTICATION_FAILURE"), (900_910, "AUTH", "AUTHORIZATION_FAILURE"),
            (900_908, "AUTH", "SUBSCRIPTION_VALIDATION_FAILURE"), (900_914, "AUTH", "OTHER"),
            (101_504, "TARGET_CONNECTIVITY", "CONNECTION_TIMEOUT"), (303_001, "TARGET_CONNECTIVITY", "CONNECTION_SUSPENDED"),
            (101_503, "TARGET_CONNECTIVITY", "OTHER"), (700_700, "OTHER", "UNCLASSIFIED"), (404, "OTHER", "RESOURCE_NOT_FOUND"),
        ] as [(Int32, String, String)])
    func faultKinds(code: Int32, type: String, message: String) {
        let kind = FaultKind(code: code)
        #expect("\(kind.type)" == type && "\(kind.message)" == message)
    }

    @Test("an access log line has the combined format and ends with id and times")
    func accessLog() throws {
        _ = gateway.pipeline.accessLog.take()
        try gateway.send(
            "GET /pizza/1.0.0/menu?a=1&apikey=secret&Access_Token=hush",
            token + ["User-Agent: a\"b\\c\u{e9}", "Referer: http://x/", "activityid: id-1"])
        let line = try #require(lines(gateway.pipeline.accessLog).first)
        let expected =
            #"127.0.0.1 - kim@carbon.super [14/Nov/2023:22:14:00 +0000] "GET /pizza/1.0.0/menu?a=1&apikey=***&Access_Token=*** HTTP/1.1" "#
            + #"200 0 "http://x/" "a\x22b\x5cc\xc3\xa9" id-1 25 -"#
        #expect(line == expected)
    }

    @Test("a request without readable head is logged as well, with an id, and is no event")
    func malformed() {
        gateway.exchange.reset()
        gateway.pipeline.refuse(.malformedRequestLine, gateway.exchange)
        gateway.exchange.status = gateway.exchange.answer.status
        gateway.pipeline.account(gateway.exchange, nil, nowMilliseconds: gateway.now)
        let line = lines(gateway.pipeline.accessLog).first ?? ""
        #expect(line.hasPrefix(#"- - - [14/Nov/2023:22:14:00 +0000] "-" 400 0 "-" "-" "#))
        #expect(gateway.exchange.requestID.count == 36)
        #expect(gateway.pipeline.analytics.take() == nil)
    }

    @Test("every problem on the wire has a body with its status as code", arguments: WireProblem.allCases)
    func problems(problem: WireProblem) throws {
        gateway.exchange.reset()
        gateway.pipeline.refuse(problem, gateway.exchange)
        let body = try JSONValue.parse(gateway.exchange.answer.body)
        #expect(body["code"]?.string == "\(problem.status)" && body["description"]?.string?.isEmpty == false)
        #expect(gateway.exchange.answer.status == problem.status)
    }

    @Test("buffers are given away when they are full, or when asked")
    func buffers() {
        let buffer = LogBuffer(threshold: 10)
        buffer.append("12345")
        #expect(!buffer.isFull)
        buffer.append([UInt8](repeating: 0x61, count: 50_000))
        #expect(buffer.isFull)
        #expect(buffer.take()?.count == 50_005)
        #expect(buffer.take() == nil)
        buffer.append(decimal: -1_024)
        buffer.append(7, digits: 3)
        buffer.append(decimal: 0)
        #expect(buffer.take() == Array("-10240070".utf8))
    }

    @Test("request ids are UUIDs of version 4, each another one")
    func requestIDs() throws {
        var generator = RequestIDGenerator(random: .system)
        var seen: Set<[UInt8]> = []
        for _ in 0..<1_000 {
            generator.makeLine()
            let id = Array(generator.id)
            #expect(generator.line == Array("activityid: ".utf8) + id + [0x0d, 0x0a])
            #expect(id.allSatisfy { $0 == 0x2d || "0123456789abcdef".utf8.contains($0) })
            #expect(id.count == 36 && id[14] == UInt8(ascii: "4") && "89ab".utf8.contains(id[19]))
            #expect([8, 13, 18, 23].allSatisfy { id[$0] == UInt8(ascii: "-") })
            seen.insert(id)
        }
        #expect(seen.count == 1_000)
    }

    @Test(
        "user agents are named",
        arguments: [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/120",
                "Edge", "Windows"
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox", "Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari", "iOS"),
            ("curl/8.4.0", "curl", "UNKNOWN"), ("", "UNKNOWN", "UNKNOWN"),
        ])
    func userAgents(agent: String, family: String, platform: String) {
        let cache = UserAgentCache()
        for _ in 0..<2 {
            let members = Array(agent.utf8).withUnsafeBytes { cache.members(of: $0) }
            #expect(String(decoding: members, as: UTF8.self) == #""userAgent":"\#(family)","platform":"\#(platform)""#)
        }
    }

    @Test(
        "dates have their forms",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-Jan-01 00:00:00+0000 UTC"),
            (946_684_799_000, "Fri, 31 Dec 1999 23:59:59 GMT", "1999-Dec-31 23:59:59+0000 UTC"),
            (951_827_696_000, "Tue, 29 Feb 2000 12:34:56 GMT", "2000-Feb-29 12:34:56+0000 UTC"),
            (1_762_337_700_000, "Wed, 05 Nov 2025 10:15:00 GMT", "2025-Nov-05 10:15:00+0000 UTC"),
        ] as [(Int64, String, String)])
    func dates(milliseconds: Int64, http: String, next: String) {
        let date = CalendarDate(milliseconds: milliseconds)
        #expect(date.httpDate == http && date.nextAccessTime == next)
    }
}
