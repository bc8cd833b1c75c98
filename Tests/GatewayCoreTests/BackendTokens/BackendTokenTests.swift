import Documents
import Foundation
import Model
import Testing
import Tokens

@testable import GatewayCore

@Suite("What backends are told about callers")
struct BackendTokenTests {
    private func gateway(
        _ change: (inout BackendTokenSettings) -> Void = { _ in }, hasKey: Bool = true
    ) throws -> GatewayFixture {
        var settings = PipelineSettings()
        var tokens = BackendTokenSettings()
        change(&tokens)
        settings.backendTokens = tokens
        let gateway = try GatewayFixture(settings: settings)
        let signer = try testSigner.get()
        if hasKey {
            gateway.put(
                .tokenKey(
                    GatewayTokenKey(
                        tenant: -1234, tenantDomain: "carbon.super", privateKey: GatewaySecret(signer.key.privateKeyPEM),
                        certificate: signer.key.certificatePEM)))
        }
        gateway.put(.api(GatewayFixture.api()), .subscription(GatewayFixture.subscription(policy: "Gold")))
        return gateway
    }

    /// The token that the upstream gets.
    private func assertion(_ sent: GatewayFixture.Sent, _ header: String = "X-JWT-Assertion") throws -> String {
        let lines = sent.upstreamHead.split(separator: "\r\n").filter { $0.lowercased().hasPrefix(header.lowercased() + ":") }
        #expect(lines.count == 1, "\(sent.upstreamHead)")
        return String(try #require(lines.first).dropFirst(header.count + 2))
    }

    private func part(_ token: String, _ index: Int) throws -> JSONValue {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        #expect(parts.count == 3)
        let data = try #require(Data(base64Encoded: parts[index]) ?? Base64URL.decode(parts[index]).map { Data($0) })
        return try JSONValue.parse(Array(data))
    }

    private func call(_ gateway: GatewayFixture, _ claims: JSONValue = [:], fields: [String] = []) throws -> GatewayFixture.Sent
    {
        try gateway.send("GET /pizza/1.0.0/menu", ["Authorization: Bearer \(GatewayFixture.token(claims))"] + fields)
    }

    @Test("the backend learns application, API, plan and user, and what the token says besides")
    func claims() throws {
        let gateway = try gateway()
        let token = try assertion(try call(gateway, ["aut": "APPLICATION_USER", "mail": "kim@example.com", "scope": "a b"]))
        let header = try part(token, 0)
        #expect(header["typ"] == "JWT")
        #expect(header["alg"] == "RS256")
        let key = try testSigner.get().key
        #expect(header["kid"]?.string == key.keyID)
        #expect(header["x5t"]?.string == key.certificate.thumbprint.hexadecimalFormSHA1)
        let claims = try part(token, 1)
        let expected: [(String, String)] = [
            ("subscriber", "kim"), ("applicationid", "1"), ("applicationname", "Shop \"1\""), ("applicationtier", "Unlimited"),
            ("applicationUUId", "app-1"), ("apiname", "Pizza"), ("apicontext", "/pizza/1.0.0"), ("version", "1.0.0"),
            ("tier", "Gold"), ("keytype", "PRODUCTION"), ("usertype", "Application_User"), ("enduser", "kim@carbon.super"),
            ("enduserTenantId", "-1234"),
        ]
        for (name, value) in expected { #expect(claims["http://wso2.org/claims/\(name)"]?.string == value, "\(name)") }
        #expect(claims["iss"] == "wso2.org/products/am")
        #expect(claims["aud"] == "client")
        #expect(claims["mail"] == "kim@example.com")
        #expect(claims["scope"] == "a b")
        #expect(claims["jti"] == nil)
        #expect(claims["exp"]?.int == Int(GatewayFixture.now / 1000 + 900))
    }

    @Test("the published keys verify the signature")
    func keys() throws {
        let gateway = try gateway { $0.encoding = .base64url }
        let token = try assertion(try call(gateway))
        let keys = try gateway.send("GET /jwks")
        #expect(keys.status == 200)
        #expect(throws: Never.self) { try JWTVerifier(keys: try JSONWebKeySet(text: keys.body)).verify(token) }
        #expect(try gateway.send("GET /t/carbon.super/jwks").body == keys.body)
        #expect(try gateway.send("GET /t/nobody/jwks").status == 404)
        #expect(try gateway.send("POST /jwks").status == 404)
        #expect(try GatewayFixture().send("GET /jwks").status == 404)
    }

    @Test("a token is made once and used until shortly before its end")
    func caching() throws {
        let gateway = try gateway()
        let first = try assertion(try call(gateway))
        gateway.now += 800_000
        #expect(try assertion(try call(gateway)) == first)
        gateway.now += 20_000
        #expect(try assertion(try call(gateway)) != first)
    }

    @Test("of a call with a certificate the plan and the key type of the certificate are told")
    func certificate() throws {
        let gateway = try gateway()
        let known = try TestCertificates.known.get()
        gateway.put(
            .api(GatewayFixture.api { $0.securitySchemes = ["mutualssl"] }),
            .clientCertificate(try known.uploaded(alias: "kim", keyType: .sandbox, policy: "Gold")))
        gateway.isTLS = true
        gateway.certificate = known.shown()
        let claims = try part(assertion(try gateway.send("GET /pizza/1.0.0/menu")), 1)
        #expect(claims["http://wso2.org/claims/tier"] == "Gold")
        #expect(claims["http://wso2.org/claims/keytype"] == "SANDBOX")
    }

    @Test("what a client sends in its place is not passed on")
    func forged() throws {
        let gateway = try gateway()
        let token = try assertion(try call(gateway, fields: ["x-jwt-assertion: forged", "X-JWT-Assertion: again"]))
        #expect(token != "forged")
        let late = (0..<70).map { "X-Filler-\($0): a" } + ["X-JWT-Assertion: forged"]
        #expect(try call(gateway, fields: late).status == 431)
        // Nobody is vouched for on an open operation, nor may anybody vouch for himself.
        let open = try gateway.send("GET /pizza/1.0.0/open/a", ["X-JWT-Assertion: forged"])
        #expect(!open.upstreamHead.lowercased().contains("x-jwt-assertion"))
    }

    @Test("the form follows the settings")
    func settings() throws {
        let unsigned = try gateway { $0.isSigned = false }
        let token = try assertion(try call(unsigned))
        #expect(token.hasSuffix("."))
        #expect(try part(token, 0) == ["typ": "JWT", "alg": "none"])
        let named = try gateway {
            $0.header = "X-Caller"
            $0.usesSHA256 = true
            $0.namesKey = false
            $0.dialect = "urn:d"
            $0.excludedClaims = ["mail"]
            $0.showsEmptyAttributes = true
        }
        let other = try assertion(try call(named, ["mail": "m"]), "X-Caller")
        #expect(try part(other, 0)["kid"] == nil)
        #expect(try part(other, 0)["x5t#S256"]?.string == testSigner.get().key.certificate.thumbprint.standardForm)
        #expect(try part(other, 1)["urn:d/apiname"] == "Pizza")
        #expect(try part(other, 1)["urn:d/applicationAttributes"] == [:])
        #expect(try part(other, 1)["mail"] == nil)
    }

    @Test("claims get the names that their key manager maps them to, and never replace the gateway's own")
    func mappings() throws {
        let gateway = try gateway()
        gateway.put(
            .keyManager(
                GatewayKeyManager(
                    tenant: -1234, name: GatewayKeyManager.residentName, issuer: GatewayFixture.issuer,
                    keySet: JSONWebKeySet(keys: [try testSigner.get().key.jsonWebKey]).text,
                    claimMappings: ["mail": "http://wso2.org/claims/emailaddress", "evil": "http://wso2.org/claims/enduser"])))
        let claims = try part(try assertion(try call(gateway, ["mail": "m", "evil": "admin"])), 1)
        #expect(claims["http://wso2.org/claims/emailaddress"] == "m")
        #expect(claims["http://wso2.org/claims/enduser"] == "kim@carbon.super")
        #expect(claims["mail"] == nil)
    }

    @Test("attributes of the application are passed on")
    func attributes() throws {
        let gateway = try gateway()
        var application = GatewayFixture.application()
        application.attributes = ["cost centre": "7"]
        gateway.put(.application(application))
        let claims = try part(try assertion(try call(gateway)), 1)
        #expect(claims["http://wso2.org/claims/applicationAttributes"] == ["cost centre": "7"])
    }

    @Test("without key, and where it is off, nothing is added")
    func off() throws {
        #expect(!(try call(gateway(hasKey: false)).upstreamHead.contains("X-JWT-Assertion")))
        let plain = try GatewayFixture()
        plain.put(.api(GatewayFixture.api()))
        #expect(try call(plain, fields: ["X-JWT-Assertion: client's own"]).upstreamHead.contains("client's own"))
    }
}
