import Model
import Testing

@testable import GatewayCore

@Suite("Certificates from an address that sends many wrong credentials")
struct CertificateLimitTests {
    private func gateway(_ schemes: [String]) throws -> GatewayFixture {
        let gateway = try GatewayFixture()
        gateway.put(
            .api(GatewayFixture.api { $0.securitySchemes = schemes }),
            .clientCertificate(try TestCertificates.known.get().uploaded(alias: "kim")))
        gateway.isTLS = true
        return gateway
    }

    /// Uses up what an address may have refused within a second.
    private func annoy(_ gateway: GatewayFixture) throws {
        for number in 0..<100 {
            try gateway.send("GET /pizza/1.0.0/open/a", ["Internal-Key: wrong.\(number).key"])
        }
    }

    @Test("one that was not seen before is put off, not called wrong, and counts a second later")
    func putOff() throws {
        let gateway = try gateway(["mutualssl", "mutualssl_mandatory"])
        try annoy(gateway)
        gateway.certificate = try TestCertificates.known.get().shown()
        #expect(try gateway.send("GET /pizza/1.0.0/menu").status == 429)
        gateway.now += 1_000
        #expect(try gateway.send("GET /pizza/1.0.0/menu").verdict == .forward)
        try annoy(gateway)
        #expect(try gateway.send("GET /pizza/1.0.0/menu").verdict == .forward)
    }

    @Test("no certificate at all is still called missing")
    func missing() throws {
        let gateway = try gateway(["mutualssl", "mutualssl_mandatory"])
        try annoy(gateway)
        #expect(try gateway.send("GET /pizza/1.0.0/menu").code == 900_901)
    }
}
