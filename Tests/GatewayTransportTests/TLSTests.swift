import FoundationEssentials
import Model
import NIOSSL
import Testing

@testable import GatewayCore
@testable import GatewayTransport

/// TLS at the listener and at the upstream.
@Suite(.timeLimit(.minutes(10)))
struct TLSTests {
    @Test("requests over TLS are answered, and the last answer arrives whole")
    func listens() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        let identity = try TestIdentity.listener()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.listeners[0].identity = identity }) { gateway in
            let client = try await RawConnection.connect(port: gateway.port, isTLS: true)
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            client.received.clear()
            try await client.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = await client.receiveAll()
            #expect(text.hasSuffix("GET /last HTTP/1.1"))
            #expect(!client.received.value.isReset)
        }
    }

    @Test("a long answer over TLS arrives whole though its connection closes")
    func downloads() async throws {
        let backend = try await RawServer.start()
        let identity = try TestIdentity.listener()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.listeners[0].identity = identity }) { gateway in
            let client = try await RawConnection.connect(port: gateway.port, checksBody: true, isTLS: true)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")
            try await upstream.sendPattern(bytes: 8_000_000)
            let received = await client.received.wait { $0.isClosed }
            #expect(received.bodyBytes == 8_000_000)
            #expect(received.isBodyRight)
        }
    }

    @Test("requests go to upstreams over TLS", arguments: WireTransport.allCases)
    func connects(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            transport, upstreams: [upstream], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            #expect(backend.accepted == 1)
        }
        await backend.stop()
    }

    @Test("an upstream whose certificate nobody vouches for is 101503", arguments: WireTransport.allCases)
    func distrusts(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(transport, upstreams: [upstream]) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
            #expect(answer.hasPrefix("HTTP/1.1 500 "))
            #expect(backend.requests.isEmpty)
        }
        await backend.stop()
    }

    /// A snapshot whose first pool is that of a TLS upstream, with the test's certificate or without.
    private static func snapshot(_ port: Int, trusts: Bool) throws -> Snapshot {
        var builder = SnapshotBuilder()
        let der = try TestIdentity.certificates()[0].toDERBytes()
        let certificate = GatewayEntity.endpointCertificate(
            GatewayEndpointCertificate(
                tenant: -1234, alias: "backend", endpoint: "https://localhost:\(port)/",
                certificates: [Data(der).base64EncodedString()]))
        builder.apply([.put(certificate)])
        if !trusts { builder.apply([.remove(kind: .endpointCertificate, key: certificate.key)]) }
        return builder.build()
    }

    @Test("an uploaded certificate counts from the next request on, and no longer when it is taken away")
    func trusts() async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(.nio, upstreams: [upstream]) { gateway in
            let client = try await gateway.connect()
            #expect(try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503").contains(" 500 "))
            try await gateway.server.install(Self.snapshot(backend.port, trusts: true))
            for _ in 0..<2 { #expect(try await gateway.expectsFit(client)) }
            try await gateway.server.install(Self.snapshot(backend.port, trusts: false))
            client.received.clear()
            #expect(try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503").contains(" 500 "))
        }
        await backend.stop()
    }

    @Test(
        "the name in a certificate counts as the setting says",
        arguments: [
            (HostnameVerification.strict, "127.0.0.2", false), (.none, "127.0.0.2", true),
            (.exceptLocalHost, "127.0.0.2", false),
            (.exceptLocalHost, "127.0.0.1", true),
        ])
    func checksName(_ verification: HostnameVerification, _ host: String, _ passes: Bool) async throws {
        let backend = try await RawServer.start(host: host, isTLS: true, answer: Reply.echo)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: host, port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            .nio, upstreams: [upstream],
            configure: {
                $0.upstreams.additionalTrust = trust
                $0.upstreams.hostnameVerification = verification
            }
        ) { gateway in
            let client = try await gateway.connect()
            let end = passes ? "GET /again HTTP/1.1" : "101503"
            let answer = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: end)
            #expect(answer.hasPrefix(passes ? "HTTP/1.1 200 " : "HTTP/1.1 500 "))
        }
        await backend.stop()
    }

    @Test("settings for a back end that cannot be used are reported at the start")
    func reportsSettings() throws {
        var settings = UpstreamPoolSettings()
        let other = try ListenerIdentity(certificatePEM: TestIdentity.certificate, privateKeyPEM: Self.otherKey)
        settings.identities = ["backend:443": other]
        #expect(throws: (any Error).self) { try UpstreamTLS(settings) }
    }

    /// Fits no certificate.
    private static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNI+ZHxX4NR+gSDqI
        /JgEQE/q8u7yAjPQppV4iAgmGWmhRANCAAQpXImJ5sf1naIQYNBj9ppWN9K4CeQ5
        nhyPQoSQz0hQ0wZRKwZCDemuggqafrEPOjUd9FbNajx1HU5Jg7zOA9e6
        -----END PRIVATE KEY-----
        """
}
