import Documents
import Foundation
import Identity
import Model
import Testing
import Tokens

@testable import AdminAPI

@Suite("Key manager operations")
struct KeyManagerOperationsTests {
    @Test("every tenant has its resident key manager, which cannot be deleted")
    func resident() async throws {
        let fixture = try await KeyManagerFixture()
        let listed = await fixture.call("GET", "/key-managers")
        #expect(listed.status == 200)
        #expect(listed.json["list"]?.array?.map { $0["name"]?.string } == ["Resident Key Manager"])
        let id = try #require(listed.json["list"]?.array?.first?["id"]?.string)
        let found = await fixture.call("GET", "/key-managers/\(id)")
        #expect(found.json["type"] == "default")
        #expect(found.json["tokenEndpoint"] == "https://localhost:9443/oauth2/token")
        #expect(found.json["issuer"] == "https://localhost:9443/oauth2/token")
        let refused = await fixture.call("DELETE", "/key-managers/\(id)")
        #expect(refused.status == 412)
        #expect(refused.json["code"] == 902015)
        let other = await fixture.call("GET", "/key-managers", as: "other")
        #expect(other.json["list"]?.array?.count == 1)
        #expect(other.json["list"]?.array?.first?["id"]?.string != id)
    }

    @Test("the resident key manager can be switched off and on, at the gateways too")
    func residentSwitch() async throws {
        let fixture = try await KeyManagerFixture()
        let id = try #require(await fixture.call("GET", "/key-managers").json["list"]?.array?.first?["id"]?.string)
        var body: JSONValue = ["name": "Resident Key Manager", "type": "default", "enabled": false]
        #expect(try await fixture.published("Resident Key Manager")?.enabled == true)
        #expect(await fixture.call("PUT", "/key-managers/\(id)", body).status == 200)
        #expect(try await fixture.published("Resident Key Manager")?.enabled == false)
        #expect(try await fixture.published("Resident Key Manager", tenant: 1)?.enabled == true)
        body["enabled"] = true
        body["claimMapping"] = [["remoteClaim": "mail", "localClaim": "http://wso2.org/claims/emailaddress"]]
        #expect(await fixture.call("PUT", "/key-managers/\(id)", body).status == 200)
        let published = try #require(try await fixture.published("Resident Key Manager"))
        #expect(published.enabled)
        #expect(published.issuer == "https://localhost:9443/oauth2/token")
        #expect(published.claimMappings == ["mail": "http://wso2.org/claims/emailaddress"])
    }

    @Test("a key manager is stored without showing its secrets, and gateways know its keys")
    func create() async throws {
        let fixture = try await KeyManagerFixture()
        try fixture.publishKeys()
        let created = await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak())
        #expect(created.status == 201)
        #expect(created.json["additionalProperties"]?["client_id"] == "martlet")
        #expect(created.json["additionalProperties"]?["client_secret"] == "*****")
        #expect(created.json["consumerKeyClaim"] == "azp")
        #expect(created.json["endpoints"]?.array?.contains { $0["name"] == "token_endpoint" } == true)
        let published = try #require(try await fixture.published("Keycloak"))
        #expect(published.issuer == "https://kc/realms/shop")
        #expect(published.keySet.contains(#""kid":"k1""#))
        #expect(published.introspects && published.refreshesKeys && published.validatesTokensLocally)
        let raw = try await fixture.store.read { connection in
            try connection.query("SELECT document, secrets FROM key_manager").map { row in
                try row.text("document") + (row.optionalText("secrets") ?? "")
            }.joined()
        }
        #expect(!raw.contains("s3cr3t-value"))
    }

    @Test("keys that cannot be fetched are tried again, and live when they are there")
    func refresh() async throws {
        let fixture = try await KeyManagerFixture()
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak()).status == 201)
        #expect(try await fixture.published("Keycloak")?.keySet == #"{"keys":[]}"#)
        try await fixture.makeDue()
        try await fixture.identity.keySetRefresh.refreshDue()
        #expect(try await fixture.published("Keycloak")?.keySet == #"{"keys":[]}"#)
        try fixture.publishKeys(id: "k2")
        try await fixture.makeDue()
        try await fixture.identity.keySetRefresh.refreshDue()
        #expect(try await fixture.published("Keycloak")?.keySet.contains(#""kid":"k2""#) == true)
        // A server that answers rubbish does not take its keys away.
        fixture.web.set("https://kc/jwks", "<html>")
        try await fixture.makeDue()
        try await fixture.identity.keySetRefresh.refreshDue()
        #expect(try await fixture.published("Keycloak")?.keySet.contains(#""kid":"k2""#) == true)
    }

    @Test("keys are taken from certificates in every usual form", arguments: ["pem", "base64", "der"])
    func certificates(_ form: String) async throws {
        let fixture = try await KeyManagerFixture()
        let certificate = try KeyManagerFixture.signingKey.get().certificate
        let value =
            switch form {
            case "pem": certificate.pem
            case "base64": Data(certificate.pem.utf8).base64EncodedString()
            default: certificate.base64
            }
        let body = KeyManagerFixture.keycloak("PEM", ["certificates": ["type": "PEM", "value": JSONValue(value)]])
        #expect(await fixture.call("POST", "/key-managers", body).status == 201)
        let keySet = try JSONWebKeySet(text: try #require(try await fixture.published("PEM")?.keySet))
        let token = try JWTSigner(key: try KeyManagerFixture.signingKey.get()).sign(claims: ["sub": "kim"])
        #expect(throws: Never.self) { try JWTVerifier(keys: keySet).verify(token) }
    }

    @Test("a change keeps masked secrets, name and type")
    func update() async throws {
        let fixture = try await KeyManagerFixture()
        let created = await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak())
        let id = try #require(created.json["id"]?.string)
        var body = created.json
        body["scopesClaim"] = "scp"
        body["tokenValidation"] = [
            ["enable": true, "type": "JWT", "value": ["body": ["org": "shop-[0-9]+"]]],
            ["enable": true, "type": "REFERENCE", "value": "kc-.*"], ["enable": false, "type": "REFERENCE", "value": ".*"],
        ]
        let updated = await fixture.call("PUT", "/key-managers/\(id)", body)
        #expect(updated.status == 200, "\(updated.json.text)")
        #expect(updated.json["additionalProperties"]?["client_secret"] == "*****")
        let stored = try await fixture.identity.keyManagers.find(id: id, in: .superTenant)
        #expect(stored.secrets == ["client_secret": "s3cr3t-value"])
        let published = try #require(try await fixture.published("Keycloak"))
        #expect(published.scopesClaim == "scp")
        #expect(
            published.tokenRules == [
                GatewayTokenRule(pattern: nil, claims: ["org": "shop-[0-9]+"]), GatewayTokenRule(pattern: "kc-.*", claims: [:]),
            ])
        body["name"] = "Other"
        #expect(await fixture.call("PUT", "/key-managers/\(id)", body).status == 400)
        body["name"] = "Keycloak"
        body["type"] = "Okta"
        #expect(await fixture.call("PUT", "/key-managers/\(id)", body).status == 400)
        body["type"] = "KeyCloak"
        body["enabled"] = false
        #expect(await fixture.call("PUT", "/key-managers/\(id)", body).status == 200)
        #expect(try await fixture.published("Keycloak")?.enabled == false)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            (["type": "Nonsense"], 400, 901400), (["tokenEndpoint": nil], 400, 901401),
            (["additionalProperties": ["client_id": "a"]], 400, 901401), (["name": "Resident Key Manager"], 409, 901402),
            (["name": "API Key Issuer"], 409, 901402), (["name": "a/b"], 400, 400), (["name": "  "], 400, 400),
            (["tokenEndpoint": "file:///etc/passwd"], 400, 400),
            (["certificates": ["type": "JWKS", "value": "nowhere"]], 400, 400),
            (["certificates": ["type": "PEM", "value": "nothing"]], 400, 400),
            (["tokenValidation": [["type": "REFERENCE", "value": "(a"]]], 400, 400),
            (["permissions": ["permissionType": "ALLOW", "roles": []]], 400, 400),
            (["claimMapping": [["remoteClaim": "", "localClaim": "b"]]], 400, 400),
        ] as [(JSONValue, Int, Int)])
    func refusals(_ members: JSONValue, _ status: Int, _ code: Int) async throws {
        let fixture = try await KeyManagerFixture()
        let answer = await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak("New", members))
        #expect(answer.status == status, "\(answer.json.text)")
        #expect(answer.json["code"]?.int == code)
    }

    @Test("names are unique within a tenant and against global key managers")
    func names() async throws {
        let fixture = try await KeyManagerFixture()
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak()).status == 201)
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak("KEYCLOAK")).json["code"] == 901402)
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak(), as: "other").status == 201)
        #expect(await fixture.call("POST", "/global-key-managers", KeyManagerFixture.keycloak()).json["code"] == 901402)
        #expect(await fixture.call("POST", "/global-key-managers", KeyManagerFixture.keycloak("Shared")).status == 201)
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak("Shared"), as: "other").status == 409)
    }

    @Test("global key managers are seen by every tenant and changed by the super tenant alone")
    func globals() async throws {
        let fixture = try await KeyManagerFixture()
        let created = await fixture.call("POST", "/global-key-managers", KeyManagerFixture.keycloak("Shared"))
        let id = try #require(created.json["id"]?.string)
        #expect(created.json["global"] == true)
        #expect(try await fixture.published("Shared", tenant: GatewayKeyManager.everyTenant) != nil)
        let seen = await fixture.call("GET", "/key-managers", as: "other")
        #expect(seen.json["list"]?.array?.first { $0["name"] == "Shared" }?["isGlobal"] == true)
        #expect(await fixture.call("GET", "/key-managers/\(id)", as: "other").status == 200)
        #expect(await fixture.call("DELETE", "/key-managers/\(id)", as: "other").status == 403)
        #expect(await fixture.call("GET", "/global-key-managers", as: "other").status == 403)
        #expect(await fixture.call("DELETE", "/global-key-managers/\(id)", as: "other").status == 403)
        #expect(await fixture.call("DELETE", "/global-key-managers/\(id)").status == 200)
        #expect(try await fixture.published("Shared", tenant: GatewayKeyManager.everyTenant) == nil)
    }

    @Test("another tenant cannot see or touch a key manager")
    func tenancy() async throws {
        let fixture = try await KeyManagerFixture()
        let created = await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak())
        let id = try #require(created.json["id"]?.string)
        #expect(await fixture.call("GET", "/key-managers/\(id)", as: "other").json["code"] == 901411)
        #expect(await fixture.call("PUT", "/key-managers/\(id)", KeyManagerFixture.keycloak(), as: "other").status == 404)
        #expect(await fixture.call("DELETE", "/key-managers/\(id)", as: "other").status == 404)
        #expect(await fixture.call("GET", "/key-managers", as: "viewer").status == 403)
        #expect(await fixture.call("GET", "/key-managers/\(id)").status == 200)
    }

    @Test("a key manager in use is not deleted")
    func use() async throws {
        let fixture = try await KeyManagerFixture()
        let id = try #require(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak()).json["id"]?.string)
        fixture.uses.names.withLock { $0 = ["Keycloak"] }
        let refused = await fixture.call("DELETE", "/key-managers/\(id)")
        #expect(refused.status == 412)
        #expect(refused.json["code"] == 902015)
        let usages = await fixture.call("GET", "/key-managers/\(id)/api-usages")
        #expect(usages.json["apiCount"] == 1)
        #expect(usages.json["apis"]?.array?.first?["keyManagerEntry"] == "all")
        #expect(await fixture.call("GET", "/key-managers/\(id)/app-usages").json["applicationCount"] == 0)
        fixture.uses.names.withLock { $0 = [] }
        #expect(await fixture.call("DELETE", "/key-managers/\(id)").status == 200)
        #expect(try await fixture.published("Keycloak") == nil)
    }

    @Test("a discovery document fills a form")
    func discovery() async throws {
        let fixture = try await KeyManagerFixture()
        fixture.web.set(
            "https://kc/.well-known/openid-configuration",
            #"{"issuer":"https://kc/realms/shop","token_endpoint":"https://kc/token","jwks_uri":"https://kc/jwks","introspection_endpoint":"https://kc/introspect","grant_types_supported":["client_credentials"]}"#
        )
        fixture.web.set("https://kc/page", "<html>")
        let found = await fixture.discover("https://kc/.well-known/openid-configuration")
        #expect(found.json["valid"] == true, "\(found.json.text)")
        #expect(found.json["value"]?["issuer"] == "https://kc/realms/shop")
        #expect(found.json["value"]?["certificates"] == ["type": "JWKS", "value": "https://kc/jwks"])
        #expect(found.json["value"]?["availableGrantTypes"] == ["client_credentials"])
        #expect(await fixture.discover("https://kc/page").json == ["valid": false])
        #expect(await fixture.discover("").status == 400)
    }

    @Test("a tenant that is switched off takes all its key managers along")
    func tenantOff() async throws {
        let fixture = try await KeyManagerFixture()
        try fixture.publishKeys()
        #expect(await fixture.call("POST", "/key-managers", KeyManagerFixture.keycloak(), as: "other").status == 201)
        #expect(try await fixture.published("Keycloak", tenant: 1)?.enabled == true)
        try await fixture.switchOther(on: false)
        #expect(try await fixture.published("Keycloak", tenant: 1)?.enabled == false)
        #expect(try await fixture.published("Resident Key Manager", tenant: 1)?.enabled == false)
        try await fixture.switchOther(on: true)
        #expect(try await fixture.published("Keycloak", tenant: 1)?.enabled == true)
    }
}
