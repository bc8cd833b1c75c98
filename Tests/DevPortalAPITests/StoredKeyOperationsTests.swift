import Documents
import Model
import Storage
import Testing
import Tokens

@testable import DevPortalAPI

@Suite("API keys of the developer portal's contract")
struct StoredKeyOperationsTests {
    private func subscribed() async throws -> (DevPortalFixture, application: String) {
        let fixture = try await DevPortalFixture()
        try await fixture.publish("a1")
        try await fixture.publish("a2", number: 2)
        let application = try await fixture.application()
        let answer = await fixture.call(
            "POST", "/subscriptions",
            ["apiId": "a1", "applicationId": JSONValue(application), "throttlingPolicy": "Gold"])
        #expect(answer.status == 201, "\(answer.text)")
        return (fixture, application)
    }

    private func keys(_ fixture: DevPortalFixture) async throws -> [GatewayAPIKey] {
        let vault = fixture.vault
        return try await GatewayEntityReader(fixture.store, vault: vault).snapshot().entities.compactMap { entity in
            if case .apiKey(let key) = entity { return key }
            return nil
        }
    }

    @Test("a key of an API is made, stands for an application, is renewed and ends")
    func boundKey() async throws {
        let (fixture, application) = try await subscribed()
        let made = await fixture.call(
            "POST", "/apis/a1/api-keys/generate", ["keyName": "kiosk", "keyType": "PRODUCTION", "validityPeriod": 3600])
        #expect(made.status == 200, "\(made.text)")
        let text = try #require(made.json["apikey"]?.string)
        #expect(OpaqueAPIKey.isWellFormed(Array(text.utf8)))
        let listed = await fixture.call("GET", "/apis/a1/api-keys")
        let id = try #require(listed.json["list"]?.array?.first?["keyUUID"]?.string)
        #expect(!listed.text.contains(text))
        let candidates = await fixture.call("GET", "/applications/\(application)/api-keys/PRODUCTION/subscriptions")
        #expect(candidates.json["list"]?.array?.first?["apiName"] == "Pizza1")
        let associated = await fixture.call(
            "POST", "/apis/a1/api-keys/associate", ["keyUUID": JSONValue(id), "applicationUUID": JSONValue(application)])
        #expect(associated.status == 200, "\(associated.text)")
        #expect(try await keys(fixture).first?.applicationID == application)
        #expect(
            await fixture.call("GET", "/applications/\(application)/api-keys/PRODUCTION/associations").json["count"] == 1)
        let before = try await keys(fixture).first?.hash
        let renewed = await fixture.call("POST", "/apis/a1/api-keys/regenerate", ["keyUUID": JSONValue(id)])
        #expect(renewed.json["apikey"]?.string != text)
        #expect(try await keys(fixture).first?.hash != before)
        #expect(await fixture.call("POST", "/apis/a1/api-keys/dissociate", ["keyUUID": JSONValue(id)]).status == 200)
        #expect(try await keys(fixture).first?.applicationID == nil)
        #expect(await fixture.call("POST", "/apis/a1/api-keys/revoke", ["keyUUID": JSONValue(id)]).status == 200)
        #expect(try await keys(fixture).isEmpty)
    }

    @Test("an application's key with a name is opaque, one without is signed")
    func applicationKey() async throws {
        let (fixture, application) = try await subscribed()
        let path = "/applications/\(application)/api-keys/SANDBOX"
        let named = await fixture.call("POST", "\(path)/generate", ["keyName": "shop", "validityPeriod": -1])
        #expect(named.json["apikey"]?.string?.hasPrefix("mlk_") == true)
        let signed = await fixture.call("POST", "\(path)/generate", ["validityPeriod": 60])
        #expect(signed.json["apikey"]?.string?.split(separator: ".").count == 3)
        let list = await fixture.call("GET", path)
        #expect(list.json["count"] == 1)
        let id = try #require(list.json["list"]?.array?.first?["keyUUID"]?.string)
        #expect(await fixture.call("POST", "\(path)/regenerate", ["keyUUID": JSONValue(id)]).status == 200)
        #expect(await fixture.call("POST", "\(path)/revoke", ["keyUUID": JSONValue(id)]).status == 200)
        #expect(try await keys(fixture).isEmpty)
        #expect(await fixture.call("DELETE", "/applications/\(application)").status == 200)
    }

    @Test("keys end with their application; those of an API stay with their owner")
    func applicationDeleted() async throws {
        let (fixture, application) = try await subscribed()
        _ = await fixture.call(
            "POST", "/applications/\(application)/api-keys/PRODUCTION/generate", ["keyName": "a", "validityPeriod": -1])
        _ = await fixture.call("POST", "/apis/a1/api-keys/generate", ["keyName": "b", "keyType": "PRODUCTION"])
        let id = try #require(
            await fixture.call("GET", "/apis/a1/api-keys").json["list"]?.array?.first?["keyUUID"]?.string)
        _ = await fixture.call(
            "POST", "/applications/\(application)/api-keys/PRODUCTION/associate",
            ["keyUUID": JSONValue(id), "apiUUID": "a1"])
        #expect(try await keys(fixture).count == 2)
        #expect(await fixture.call("DELETE", "/applications/\(application)").status == 200)
        let left = try await keys(fixture)
        #expect(left.map(\.id) == [id])
        #expect(left.first?.applicationID == nil)
    }

    @Test("what makes no sense is refused")
    func refusals() async throws {
        let (fixture, application) = try await subscribed()
        let base = "/apis/a1/api-keys"
        #expect(await fixture.call("POST", "\(base)/generate", ["keyName": " ", "keyType": "PRODUCTION"]).status == 400)
        #expect(await fixture.call("POST", "\(base)/generate", ["keyName": "a"]).status == 400)
        let bad: JSONValue = ["keyName": "a", "keyType": "PRODUCTION", "additionalProperties": ["permittedIP": "nowhere"]]
        #expect(await fixture.call("POST", "\(base)/generate", bad).status == 400)
        let body: JSONValue = ["keyName": "a", "keyType": "PRODUCTION"]
        #expect(await fixture.call("POST", "\(base)/generate", body).status == 200)
        #expect(await fixture.call("POST", "\(base)/generate", body).status == 409)
        #expect(await fixture.call("POST", "/apis/none/api-keys/generate", body).status == 404)
        // The application is subscribed to the first API only.
        #expect(await fixture.call("POST", "/apis/a2/api-keys/generate", body).status == 200)
        let id = try #require(
            await fixture.call("GET", "/apis/a2/api-keys").json["list"]?.array?.first?["keyUUID"]?.string)
        let association: JSONValue = ["keyUUID": JSONValue(id), "applicationUUID": JSONValue(application)]
        #expect(await fixture.call("POST", "/apis/a2/api-keys/associate", association).status == 403)
        #expect(await fixture.call("POST", "/apis/a1/api-keys/associate", association).status == 404)
    }

    @Test("nobody sees or touches keys of others")
    func strangers() async throws {
        let (fixture, _) = try await subscribed()
        _ = await fixture.call("POST", "/apis/a1/api-keys/generate", ["keyName": "a", "keyType": "PRODUCTION"])
        let id = try #require(
            await fixture.call("GET", "/apis/a1/api-keys").json["list"]?.array?.first?["keyUUID"]?.string)
        for user in ["kim", "root"] {
            let listed = await fixture.call("GET", "/apis/a1/api-keys", as: user)
            #expect(listed.json["count"] != 1)
            for action in ["regenerate", "revoke", "dissociate"] {
                let answer = await fixture.call("POST", "/apis/a1/api-keys/\(action)", ["keyUUID": JSONValue(id)], as: user)
                #expect(answer.status == 404, "\(user) \(action)")
            }
        }
        #expect(try await keys(fixture).count == 1)
    }
}
