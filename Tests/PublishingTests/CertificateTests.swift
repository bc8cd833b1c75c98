import Documents
import Foundation
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Certificates of clients and backends")
struct CertificateTests {
    private let made = TestCertificates()
    /// When the tests upload, so that certificates of today are valid.
    private static let now = Int64(Date().timeIntervalSince1970 * 1000)

    private func context(_ caller: Principal = .publisher) -> ChangeContext { .test(caller, at: Self.now) }

    private func clientCertificates(_ fixture: PublishingFixture) async throws -> [GatewayClientCertificate] {
        try await GatewayEntityReader(fixture.store).snapshot().entities.compactMap { entity in
            if case .clientCertificate(let value) = entity { value } else { nil }
        }
    }

    private func endpointCertificates(_ fixture: PublishingFixture) async throws -> [GatewayEndpointCertificate] {
        try await GatewayEntityReader(fixture.store).snapshot().entities.compactMap { entity in
            if case .endpointCertificate(let value) = entity { value } else { nil }
        }
    }

    @Test("a client certificate reaches gateways when it is added, changed and deleted")
    func clientLife() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let service = fixture.services.clientCertificates
        let first = try made.pem("shop")
        let added = try await service.add(
            "shop", .sandbox, toAPI: api.id, file: first, policy: "Gold", by: .publisher, context())
        #expect(added.policy == "Gold" && added.keyType == .sandbox)
        let live = try #require(try await clientCertificates(fixture).first)
        #expect(live.apiID == api.id && live.keyType == .sandbox && live.policy == "Gold" && live.commonName == "shop")
        #expect(live.fingerprint.count == 64 && live.notAfterMilliseconds > Self.now)

        let updated = try await service.update(
            "shop", .sandbox, ofAPI: api.id, file: try made.pem("new shop"), policy: nil, by: .publisher, context())
        #expect(updated.policy == "Gold")
        #expect(try await clientCertificates(fixture).map(\.commonName) == ["new shop"])
        _ = try await service.update(
            "shop", .sandbox, ofAPI: api.id, file: nil, policy: "Silver", by: .publisher, context())
        let changed = try await clientCertificates(fixture)
        #expect(changed.map(\.policy) == ["Silver"] && changed.map(\.commonName) == ["new shop"])

        let content = try await service.content("shop", .sandbox, ofAPI: api.id, for: .publisher)
        #expect(content.pem.hasPrefix("-----BEGIN CERTIFICATE-----") && content.details.version == 3)
        #expect(content.details.subject.contains("CN=new shop"))
        try await service.delete("shop", .sandbox, ofAPI: api.id, by: .publisher, context())
        #expect(try await clientCertificates(fixture).isEmpty)
    }

    @Test("an alias is taken once for each key type")
    func clientAliases() async throws {
        let fixture = try await PublishingFixture()
        let (one, two) = (
            try await fixture.create(), try await fixture.create(["name": "Other", "context": "/other"])
        )
        let service = fixture.services.clientCertificates
        func add(_ keyType: KeyType, _ api: APIRecord, by caller: Principal = .publisher) async throws {
            _ = try await service.add(
                "a", keyType, toAPI: api.id, file: try made.pem("a"), policy: "Gold", by: caller, context(caller))
        }
        try await add(.production, one)
        try await add(.sandbox, one)
        #expect(try await code { try await add(.production, two) } == 409)
        #expect(try await service.list(ofAPI: one.id, .production, alias: nil, for: .publisher).map(\.alias) == ["a"])
        #expect(try await service.list(ofAPI: two.id, .production, alias: nil, for: .publisher).isEmpty)
        // Of another API it cannot be read or removed.
        #expect(
            try await code { try await service.delete("a", .sandbox, ofAPI: two.id, by: .publisher, context()) } == 404)
        // Tenants do not meet.
        #expect(try await code { try await add(.production, one, by: .stranger) } == 900308)
        #expect(
            try await code { _ = try await service.list(ofAPI: one.id, .production, alias: nil, for: .stranger) } == 900308)
    }

    @Test("the certificates of an API end with it")
    func clientEnds() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        for keyType in KeyType.allCases {
            _ = try await fixture.services.clientCertificates.add(
                "a", keyType, toAPI: api.id, file: try made.pem("a"), policy: "Gold", by: .publisher, context())
        }
        #expect(try await clientCertificates(fixture).count == 2)
        try await fixture.services.apis.delete(api.id, by: .publisher, context())
        #expect(try await clientCertificates(fixture).isEmpty)
    }

    @Test("what is no certificate, has expired, or has no name is refused")
    func refusals() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let chain = try made.pem("a") + made.pem("b")
        let files: [(String, [UInt8], String, Int)] = [
            ("a", [], "Gold", 400), ("a", Array("-----BEGIN CERTIFICATE-----".utf8), "Gold", 400),
            ("a", Array("no certificate".utf8), "Gold", 400), ("a", [0x30, 0x03, 0xff], "Gold", 400),
            ("a", Array(made.key.pemRepresentation.utf8), "Gold", 400), ("a", chain, "Gold", 400),
            ("a", try made.pem("a", expires: -60), "Gold", 400), ("a", try made.pem("a"), "Platinum", 900305),
            ("", try made.pem("a"), "Gold", 900855), (" ", try made.pem("a"), "Gold", 900855),
            ("a/../b", try made.pem("a"), "Gold", 400), (String(repeating: "a", count: 31), try made.pem("a"), "Gold", 400),
            ("a", [UInt8](repeating: 0x41, count: 200_000), "Gold", 400),
        ]
        for (alias, file, policy, expected) in files {
            #expect(
                try await code {
                    _ = try await fixture.services.clientCertificates.add(
                        alias, .production, toAPI: api.id, file: file, policy: policy, by: .publisher, context())
                } == expected)
        }
        #expect(try await clientCertificates(fixture).isEmpty)
    }

    @Test("PEM, its Base64 and DER are the same certificate")
    func encodings() throws {
        let der = try made.der("a")
        let base64 = Data(der).base64EncodedString(options: .lineLength64Characters)
        let pem = "subject=CN=a\n-----BEGIN CERTIFICATE-----\r\n\(base64)\r\n-----END CERTIFICATE-----\r\n"
        for bytes in [der, Array(base64.utf8), Array(pem.utf8)] {
            #expect(try UploadedCertificates.read(bytes).map(\.der) == [der])
        }
    }

    @Test("an endpoint certificate holds a whole chain and reaches gateways at once")
    func endpointLife() async throws {
        let fixture = try await PublishingFixture()
        let service = fixture.services.endpointCertificates
        let chain = try made.pem("server") + made.pem("authority")
        _ = try await service.add(
            "backend", endpoint: "https://backend.example.com:9443/v1", file: chain, by: .publisher, context())
        let live = try #require(try await endpointCertificates(fixture).first)
        #expect(live.certificates.count == 2 && live.endpoint == "https://backend.example.com:9443/v1")
        #expect(try await service.content("backend", for: .publisher).details.subject.contains("CN=server"))
        _ = try await service.update("backend", file: try made.pem("next"), by: .publisher, context())
        #expect(try await endpointCertificates(fixture).map(\.certificates.count) == [1])
        let found = try await service.list(
            alias: nil, endpoint: "EXAMPLE.com", limit: 10, offset: 0, for: .publisher)
        #expect(found.total == 1 && found.certificates.map(\.alias) == ["backend"])
        try await service.delete("backend", by: .publisher, context())
        #expect(try await endpointCertificates(fixture).isEmpty)
    }

    @Test("an endpoint certificate belongs to its tenant, and its alias is taken once there")
    func endpointTenants() async throws {
        let fixture = try await PublishingFixture()
        let service = fixture.services.endpointCertificates
        func add(_ caller: Principal, _ endpoint: String = "https://a.example") async throws {
            _ = try await service.add("a", endpoint: endpoint, file: try made.pem("a"), by: caller, context(caller))
        }
        try await add(.publisher)
        #expect(try await code { try await add(.publisher) } == 409)
        #expect(try await code { try await service.delete("a", by: .stranger, context(.stranger)) } == 404)
        #expect(try await code { _ = try await service.content("a", for: .stranger) } == 404)
        #expect(try await service.trusted(for: "https://A.example/x", by: .publisher).count == 1)
        for url in ["https://a.example:9443", "https://other.a.example", "no URL"] {
            #expect(try await service.trusted(for: url, by: .publisher).isEmpty, "\(url)")
        }
        #expect(try await service.trusted(for: "https://a.example/x", by: .stranger).isEmpty)
        try await add(.stranger)
        #expect(try await endpointCertificates(fixture).map(\.tenant) == [-1234, 7])
        for endpoint in ["", "backend", "https://user:secret@a.example", "https://"] {
            #expect(try await code { try await add(.publisher, endpoint) } == 400)
        }
    }

    @Test("the usage of a certificate is the APIs with endpoints on its host that the caller sees")
    func usage() async throws {
        let fixture = try await PublishingFixture()
        func create(_ name: String, _ url: String, roles: [String] = []) async throws {
            _ = try await fixture.create(
                [
                    "name": JSONValue(name), "context": JSONValue("/" + name), "accessControlRoles": JSONValue(roles),
                    "endpointConfig": ["endpoint_type": "http", "production_endpoints": ["url": JSONValue(url)]],
                ], by: .administrator)
        }
        try await create("one", "https://backend.example.com/v1")
        try await create("port", "https://backend.example.com:444/v1")
        try await create("longer", "https://backend.example.com.evil.example/v1")
        try await create("hidden", "https://backend.example.com/v2", roles: ["manager"])
        let service = fixture.services.endpointCertificates
        _ = try await service.add(
            "a", endpoint: "https://Backend.example.com:443/", file: try made.pem("a"), by: .publisher, context())
        let seen = try await service.usage(of: "a", limit: 10, offset: 0, for: .publisher)
        #expect(seen.apis.map(\.name) == ["one"] && seen.total == 1)
        #expect(try await service.usage(of: "a", limit: 10, offset: 0, for: .administrator).total == 2)
    }
}
