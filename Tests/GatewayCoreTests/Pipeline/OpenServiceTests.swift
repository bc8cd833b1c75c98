import Testing

@testable import GatewayCore

@Suite("What the gateway answers where no API is")
struct OpenServiceTests {
    @Test(
        "below /service everybody is answered, with nothing",
        arguments: ["GET /service", "GET /services/Version", "POST /service/x?a=b", "DELETE /services", "HEAD /service/"])
    func openService(request: String) throws {
        let sent = try GatewayFixture().send(request)
        #expect(sent.verdict == .answer && sent.status == 200 && sent.body.isEmpty)
    }

    @Test("an API has its context, also one that begins so")
    func context() throws {
        let gateway = try GatewayFixture()
        gateway.put(.api(GatewayFixture.api { $0.context = "/services/1.0.0" }))
        #expect(try gateway.send("GET /services/1.0.0/menu").status == 401)
        #expect(try gateway.send("GET /services/2.0.0/menu").status == 200)
    }

    @Test("elsewhere is nothing", arguments: ["GET /servic", "GET /Service", "GET /x/service", "POST /"])
    func nothing(request: String) throws { #expect(try GatewayFixture().send(request).status == 404) }
}
