import Documents
import Testing

@testable import DevPortalAPI

@Suite("Subscriptions and APIs of the developer portal's contract")
struct SubscriptionOperationsTests {
    @Test("a subscription is made, read, changed and ended")
    func lifeCycle() async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        let application = try await fixture.application()
        let body: JSONValue = ["apiId": "a1", "applicationId": JSONValue(application), "throttlingPolicy": "Gold"]
        let created = await fixture.call("POST", "/subscriptions", body)
        #expect(created.status == 201)
        #expect(created.json["status"] == "UNBLOCKED")
        #expect(created.json["apiInfo"]?["name"] == "Pizza1")
        #expect(created.json["applicationInfo"]?["name"] == "Shop")
        let id = try #require(created.json["subscriptionId"]?.string)
        #expect(await fixture.call("GET", "/subscriptions/\(id)").json["subscriptionId"]?.string == id)
        for query in ["applicationId=\(application)", "apiId=a1", "apiId=a1&applicationId=\(application)"] {
            #expect(await fixture.call("GET", "/subscriptions?\(query)").json["count"] == 1)
        }
        #expect(await fixture.call("GET", "/subscriptions").status == 400)
        #expect(await fixture.call("POST", "/subscriptions", body).status == 409)
        var change = body
        change["throttlingPolicy"] = "Silver"
        #expect(await fixture.call("PUT", "/subscriptions/\(id)", change).status == 400)
        change["status"] = "UNBLOCKED"
        #expect(await fixture.call("PUT", "/subscriptions/\(id)", change).json["throttlingPolicy"] == "Silver")
        let scopes = await fixture.call("GET", "/applications/\(application)").json["subscriptionScopes"]
        #expect(scopes?[0]?["key"] == "order")
        #expect(await fixture.call("GET", "/subscriptions/\(id)", as: "kim").status == 403)
        #expect(await fixture.call("GET", "/subscriptions/\(id)", as: "root").code == 900310)
        #expect(await fixture.call("DELETE", "/subscriptions/\(id)", as: "kim").status == 403)
        #expect(await fixture.call("DELETE", "/subscriptions/\(id)").status == 200)
        #expect(await fixture.call("GET", "/subscriptions/\(id)").code == 900310)
    }

    @Test("several subscriptions at once")
    func many() async throws {
        let fixture = try await DevPortalFixture()
        for number in 1...3 { try await fixture.publish("a\(number)", number: number) }
        let application = JSONValue(try await fixture.application())
        let body = (1...3).map {
            ["apiId": JSONValue("a\($0)"), "applicationId": application, "throttlingPolicy": "Gold"] as JSONValue
        }
        let answer = await fixture.call("POST", "/subscriptions/multiple", .array(body))
        #expect(answer.status == 200)
        #expect(answer.json.array?.count == 3)
        let page = await fixture.call("GET", "/subscriptions?applicationId=\(application.string ?? "")&limit=1&offset=1")
        #expect(page.json["list"]?[0]?["apiId"] == "a2")
        #expect(page.json["pagination"]?["total"] == 3)
    }

    @Test(
        "what may not be subscribed to is refused",
        arguments: [
            ("a1", "Bronze", 403, 902002), ("a1", "DefaultSubscriptionless", 400, 902019), ("missing", "Gold", 404, 900308),
            ("", "Gold", 400, 400),
        ])
    func refused(api: String, plan: String, status: Int, code: Int) async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        let application = JSONValue(try await fixture.application())
        let answer = await fixture.client.post(
            "\(DevPortalFixture.base)/subscriptions",
            json: ["apiId": JSONValue(api), "applicationId": application, "throttlingPolicy": JSONValue(plan)])
        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test("APIs are listed and shown to visitors, without what only publishers know")
    func apis() async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        try await fixture.publish("a2", number: 2, visibility: "PRIVATE")
        #expect(await fixture.call("GET", "/apis", as: "").json["count"] == 1)
        #expect(await fixture.call("GET", "/apis").json["count"] == 2)
        #expect(await fixture.call("GET", "/apis", as: "root").json["count"] == 0)
        let answer = await fixture.call("GET", "/apis/a1", as: "")
        #expect(answer.status == 200)
        #expect(answer.json["context"] == "/pizza1/1.0.0")
        #expect(answer.json["tiers"]?.array?.compactMap { $0["tierName"]?.string } == ["Silver", "Gold"])
        let urls = answer.json["endpointURLs"]?[0]
        #expect(urls?["environmentName"] == "Default")
        #expect(urls?["URLs"]?["https"] == "https://localhost:8243/pizza1/1.0.0")
        #expect(urls?["URLs"]?["http"] == "http://localhost:8280/pizza1/1.0.0")
        #expect(urls?["defaultVersionURLs"]?["https"] == "https://localhost:8243/pizza1")
        #expect(answer.json["additionalProperties"]?.array?.compactMap { $0["name"]?.string } == ["shown"])
        #expect(!answer.text.contains("secret.internal"))
        #expect(await fixture.call("GET", "/apis/a2", as: "").code == 900308)
        #expect(await fixture.call("GET", "/apis/a2", as: "root").code == 900308)
    }

    @Test("the definition has the gateway's addresses and security, and no management members")
    func definition() async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        let answer = await fixture.definition()
        #expect(answer.status == 200)
        #expect(answer.json["servers"]?[0]?["url"] == "https://localhost:8243/pizza1/1.0.0")
        let schemes = answer.json["components"]?["securitySchemes"]
        #expect(schemes?["default"]?["flows"]?["implicit"]?["scopes"] == ["order": "Place orders"])
        #expect(schemes?["api_key"] == ["type": "apiKey", "in": "header", "name": "ApiKey"])
        #expect(schemes?["basic_auth"] == nil)
        let operation = answer.json["paths"]?["/menu"]?["get"]
        #expect(operation?["x-keep"] == 1)
        #expect(operation?["x-auth-type"] == nil)
        #expect(!answer.text.contains("x-wso2"))
        #expect(!answer.text.contains("secret.internal"))
        let unknown = await fixture.client.get("\(DevPortalFixture.base)/apis/a1/swagger?environmentName=Moon")
        #expect(unknown.status == 400)
    }

    @Test("OpenAPI 2 gets host, base path and schemes")
    func version2() async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish(
            "a1", definition: #"{"swagger":"2.0","info":{"title":"P","version":"1"},"host":"x","paths":{}}"#)
        let answer = await fixture.definition()
        #expect(answer.json["host"] == "localhost:8243")
        #expect(answer.json["basePath"] == "/pizza1/1.0.0")
        #expect(answer.json["schemes"] == ["https"])
        #expect(answer.json["securityDefinitions"]?["default"]?["flow"] == "implicit")
        #expect(answer.json["servers"] == nil)
    }

    @Test("tags, searches, policies, settings, tenants and key managers are served to whom they concern")
    func directories() async throws {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        #expect(await fixture.call("GET", "/tags", as: "").json["list"] == [["value": "food", "count": 1]])
        #expect(await fixture.call("GET", "/search?query=pizza", as: "").json["list"]?[0]?["type"] == "API")
        let plans = await fixture.call("GET", "/throttling-policies/subscription?limit=100", as: "")
        let names = plans.json["list"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(names.contains("Gold"))
        #expect(!names.contains("Unauthenticated"))
        #expect(!names.contains("DefaultSubscriptionless"))
        #expect(await fixture.call("GET", "/throttling-policies/application/10PerMin", as: "").json["requestCount"] == 10)
        #expect(await fixture.call("GET", "/throttling-policies/application/Nonsense", as: "").status == 404)
        #expect(await fixture.call("GET", "/settings", as: "").json["grantTypes"] == nil)
        #expect(await fixture.call("GET", "/tenants", as: "").json["count"] == 2)
        #expect(await fixture.call("GET", "/key-managers").json["list"]?[0]?["name"] == "Resident Key Manager")
        #expect(await fixture.call("GET", "/api-categories", as: "").json["count"] == 0)
        #expect(await fixture.call("GET", "/settings/application-attributes").json["count"] == 0)
    }

    @Test("with anonymous access off a visitor has to sign in")
    func noAnonymous() async throws {
        let fixture = try await DevPortalFixture(allowsAnonymous: false)
        try await fixture.publish("a1")
        for path in ["/apis", "/apis/a1", "/tags", "/search"] {
            #expect(await fixture.call("GET", path, as: "").status == 401)
            #expect(await fixture.call("GET", path).status == 200)
        }
    }
}
