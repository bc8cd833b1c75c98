import ContractTesting
import Crypto
import Documents
import Foundation
import Model
import Testing
import X509

@testable import PublisherAPI

@Suite("Certificates over the publisher's REST interface")
struct CertificateOperationsTests {
    private let base = PublisherAPIFixture.base

    private func pem(_ name: String) throws -> String {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        // The fixture's requests come in at the system's time.
        return try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: Date() - 60,
            notValidAfter: Date() + 3600, issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(), issuerPrivateKey: .init(key)
        ).serializeAsPEM().pemString
    }

    private func api(_ fixture: PublisherAPIFixture) async throws -> String {
        let created = await fixture.client.post(base + "/apis", json: PublisherAPIFixture.api)
        return try #require(created.json["id"]?.string)
    }

    @Test("client certificates live under both kinds of path", arguments: ["client-certificates", "client-certs/production"])
    func clients(_ family: String) async throws {
        let fixture = try await PublisherAPIFixture()
        let path = base + "/apis/\(try await api(fixture))/\(family)"
        let text = try pem("shop")
        let added = await fixture.client.multipart(
            "POST", path,
            [TestField("certificate", text, fileName: "shop.crt"), TestField("alias", "my shop"), TestField("tier", "Gold")])
        #expect(added.status == 200 && added.json["alias"] == "my shop" && added.json["tier"] == "Gold")
        #expect(added.header("location")?.hasSuffix("/client-certs/PRODUCTION/my%20shop") == true)
        let list = await fixture.client.get(path + "?limit=10")
        #expect(list.json["count"] == 1 && list.json["certificates"]?[0]?["alias"] == "my shop")
        #expect(list.json["pagination"]?["total"] == 1)
        let info = await fixture.client.get(path + "/my%20shop")
        #expect(info.json["status"] == "Active" && info.json["subject"] == "CN=shop" && info.json["version"] == "3")
        #expect(info.json["validity"]?["to"]?.string?.hasPrefix("20") == true)
        let content = await fixture.client.get(path + "/my%20shop/content")
        #expect(content.text == text + "\n" || content.text == text)
        let moved = await fixture.client.multipart("PUT", path + "/my%20shop", [TestField("tier", "Silver")])
        #expect(moved.status == 200 && moved.json["tier"] == "Silver")
        #expect(await fixture.client.delete(path + "/my%20shop").status == 200)
        #expect(await fixture.client.get(path + "/my%20shop").status == 404)
    }

    @Test("endpoint certificates are added, replaced, used and deleted")
    func endpoints() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await api(fixture)
        let path = base + "/endpoint-certificates"
        let fields = [
            TestField("certificate", try pem("backend"), fileName: "b.crt"), TestField("alias", "backend"),
            TestField("endpoint", "http://backend.example.com"),
        ]
        #expect(await fixture.client.multipart("POST", path, fields).status == 200)
        #expect(await fixture.client.multipart("POST", path, fields).status == 409)
        #expect(await fixture.client.get(path + "?endpoint=backend").json["certificates"]?[0]?["alias"] == "backend")
        #expect(await fixture.client.get(path + "/backend").json["subject"] == "CN=backend")
        let usage = await fixture.client.get(path + "/backend/usage")
        #expect(usage.json["list"]?[0]?["id"]?.string == id)
        let replaced = await fixture.client.multipart(
            "PUT", path + "/backend", [TestField("certificate", try pem("next"), fileName: "n.crt")])
        #expect(replaced.status == 200 && replaced.json["endpoint"] == "http://backend.example.com")
        #expect(await fixture.client.get(path + "/backend").json["subject"] == "CN=next")
        #expect(await fixture.client.get(path + "/backend/content").text.hasPrefix("-----BEGIN CERTIFICATE-----"))
        #expect(await fixture.client.with(authorization: "Bearer eve").get(path + "/backend").status == 404)
        #expect(await fixture.client.delete(path + "/backend").status == 200)
        #expect(await fixture.client.get(path).json["count"] == 0)
    }

    @Test("what is missing or has no meaning is refused")
    func refusals() async throws {
        let fixture = try await PublisherAPIFixture()
        let path = base + "/apis/\(try await api(fixture))"
        let fields = [TestField("certificate", try pem("a"), fileName: "a.crt"), TestField("tier", "Gold")]
        #expect(await fixture.client.multipart("POST", path + "/client-certs/PRODUCTION", fields).status == 400)
        let named = fields + [TestField("alias", "a")]
        #expect(await fixture.client.multipart("POST", path + "/client-certs/staging", named).code == 900856)
        let reader = fixture.client.with(authorization: "Bearer reader")
        #expect(await reader.multipart("POST", path + "/client-certs/PRODUCTION", named).status == 403)
        let empty = [
            TestField("certificate", "", fileName: "a.crt"), TestField("alias", "a"), TestField("endpoint", "https://a"),
        ]
        #expect(await fixture.client.multipart("POST", base + "/endpoint-certificates", empty).status == 400)
    }
}
