import FoundationEssentials
import Model
import Testing

@testable import GatewayCore

@Suite("Certificates of upstreams")
struct UpstreamTrustTests {
    private static func certificate(
        _ alias: String, _ endpoint: String = "https://Backend.example/v1", tenant: Int = -1234, bytes: [UInt8] = [1]
    ) -> GatewayEntity {
        .endpointCertificate(
            GatewayEndpointCertificate(
                tenant: tenant, alias: alias, endpoint: endpoint, certificates: [Data(bytes).base64EncodedString()]))
    }

    private static func api(tenant: Int, _ url: String) -> GatewayEntity {
        .api(
            GatewayFixture.api { api in
                api.id = "api\(tenant)\(url)"
                api.context = "/\(api.id)"
                api.tenant = tenant
                api.production = GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: url)])
            })
    }

    private static func upstream(_ entity: GatewayEntity, in snapshot: Snapshot) -> Upstream? {
        (0..<Int32(10)).compactMap { snapshot.apis[$0] }.first { $0.key == entity.key }?.backends[0].production?.endpoints[0]
            .upstream
    }

    @Test("a certificate counts for the tenant's endpoints on its host and port, and is withdrawn with its entity")
    func counts() throws {
        var builder = SnapshotBuilder()
        let own = Self.api(tenant: -1234, "https://backend.example:443/other")
        let otherPort = Self.api(tenant: -1234, "https://backend.example:444/v1")
        let otherTenant = Self.api(tenant: 7, "https://backend.example/v1")
        let plain = Self.api(tenant: -1234, "http://backend.example:443/v1")
        let one = Self.certificate("one")
        builder.apply([own, otherPort, otherTenant, plain, one, Self.certificate("two", bytes: [2])].map(GatewayChange.put))
        let snapshot = builder.build()
        func certificates(_ entity: GatewayEntity, _ snapshot: Snapshot) throws -> [[UInt8]]? {
            let upstream = try #require(Self.upstream(entity, in: snapshot))
            return snapshot.upstreamTrust[upstream.pool]?.certificates
        }
        #expect(try certificates(own, snapshot) == [[1], [2]])
        for entity in [otherPort, otherTenant, plain] { #expect(try certificates(entity, snapshot) == nil) }
        #expect(snapshot.upstreamTrust.trust(for: "https://BACKEND.example/token", tenant: -1234)?.certificates == [[1], [2]])
        #expect(snapshot.upstreamTrust.trust(for: "https://backend.example/token", tenant: 7) == nil)
        builder.apply([.remove(kind: .endpointCertificate, key: one.key)])
        let later = builder.build()
        #expect(try certificates(own, later) == [[2]])
        builder.removeAll(except: [own.identity])
        #expect(try certificates(own, builder.build()) == nil)
    }

    @Test("tenants share connections to plain upstreams only")
    func separatesTenants() throws {
        var builder = SnapshotBuilder()
        let urls = ["http://backend.example", "https://backend.example"]
        let entities = urls.flatMap { url in [-1234, 7].map { Self.api(tenant: $0, url) } }
        builder.apply(entities.map(GatewayChange.put))
        let pools = try entities.map { try #require(Self.upstream($0, in: builder.build())).pool }
        #expect(pools[0] == pools[1] && pools[2] != pools[3])
    }

    @Test("upstreams behind a proxy are told scheme and host, and the proxy its password")
    func goesThroughProxy() throws {
        let proxy = EgressProxy(
            proxy: GatewayProxy(host: "proxy", port: 3128, isTLS: false, username: "u", password: GatewaySecret("p")),
            directHosts: ["direct"])
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(proxy: proxy))
        let entities = ["http://backend:9000/base", "https://backend", "http://direct"].map { Self.api(tenant: -1234, $0) }
        builder.apply(entities.map(GatewayChange.put))
        let upstreams = try entities.map { try #require(Self.upstream($0, in: builder.build())) }
        #expect(upstreams.map { $0.proxy?.host } == ["proxy", "proxy", nil])
        #expect(Self.text(upstreams[0].appendTargetPrefix) == "http://backend:9000/base")
        #expect(
            Self.text(upstreams[0].appendHeadLines) == "Host: backend:9000\r\nProxy-Authorization: Basic dTpw\r\n")
        #expect(Self.text(upstreams[1].appendTargetPrefix).isEmpty)
        #expect(Self.text(upstreams[1].appendHeadLines) == "Host: backend\r\n")
    }

    private static func text(_ append: (OutputBuffer) -> Void) -> String {
        let output = OutputBuffer()
        append(output)
        return String(decoding: output.bytes, as: UTF8.self)
    }
}
