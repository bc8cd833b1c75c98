import Model
import Testing

@testable import GatewayCore

@Suite("Calls of API products")
struct ProductCallTests {
    let gateway: GatewayFixture

    init() throws { gateway = try GatewayFixture() }

    private static func group(_ url: String) -> GatewayEndpointGroup {
        GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: url)])
    }

    private static func member(
        _ id: String, production: String?, sandbox: String? = nil, throughput: GatewayBackendThroughput? = nil
    ) -> GatewayProductMember {
        GatewayProductMember(
            apiID: id, name: id, version: "1", endpointKind: .addresses, production: production.map(group),
            sandbox: sandbox.map(group), backendThroughput: throughput)
    }

    /// Deploys a product with an open operation of each member, `/<index>`.
    private func deploy(_ members: [GatewayProductMember], operations: [Int?]? = nil) {
        gateway.put(
            .api(
                GatewayFixture.api { product in
                    product.type = "APIPRODUCT"
                    product.production = nil
                    product.sandbox = nil
                    product.members = members
                    product.operations = (operations ?? members.indices.map { $0 }).enumerated().map { index, member in
                        var operation = GatewayOperation(
                            verb: "GET", target: "/\(index)", authType: "None", policy: "Unlimited", scopes: [])
                        operation.member = member
                        return operation
                    }
                }))
    }

    private func answer(_ path: String) throws -> String {
        let sent = try gateway.send("GET /pizza/1.0.0\(path)")
        return sent.verdict == .forward ? sent.url : "\(sent.code)"
    }

    @Test("each operation goes to the endpoints of its own API, of whatever key type that has")
    func endpoints() throws {
        deploy([Self.member("a", production: "http://a"), Self.member("b", production: nil, sandbox: "http://b")])
        #expect(try answer("/0") == "http://a")
        #expect(try answer("/1") == "http://b")
        #expect(try answer("/0") == "http://a")
    }

    @Test("an operation that names no member has no endpoint")
    func strayed() throws {
        deploy([Self.member("a", production: "http://a")], operations: [0, 1, nil, -1])
        #expect(try answer("/0") == "http://a" && answer("/2") == "http://a")
        for path in ["/1", "/3"] { #expect(try answer(path) == "900901") }
        deploy([], operations: [0])
        #expect(try answer("/0") == "900901")
    }

    @Test("a backend's share is one for direct calls and for calls through products")
    func throughput() throws {
        let limit = GatewayBackendThroughput(production: .init(count: 2, windowMilliseconds: 1_000), sandbox: nil)
        deploy([
            Self.member("shared", production: "http://a", throughput: limit), Self.member("b", production: "http://b"),
        ])
        gateway.put(
            .api(
                GatewayFixture.api { api in
                    api.id = "shared"
                    api.context = "/shared/1"
                    api.backendThroughput = limit
                }))
        #expect(try answer("/0") == "http://a")
        #expect(try gateway.send("GET /shared/1/open/x").verdict == .forward)
        #expect(try answer("/0") == "900801")
        #expect(try gateway.send("GET /shared/1/open/x").verdict != .forward)
        #expect(try answer("/1") == "http://b")
    }
}
