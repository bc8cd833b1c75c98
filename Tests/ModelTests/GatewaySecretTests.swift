import Foundation
import Model
import Testing

@Suite("Secrets in what gateways learn")
struct GatewaySecretTests {
    @Test("a secret never shows when it is printed, described or dumped")
    func hidden() {
        let security = GatewayEndpointSecurity.basic(username: "kim", password: GatewaySecret("0pen-sesame"))
        var dumped = ""
        dump(security, to: &dumped)
        for text in ["\(security)", String(describing: security), String(reflecting: security), dumped] {
            #expect(text.contains("kim") && !text.contains("sesame"))
        }
    }

    @Test("an encoder's witness sees secrets at any depth, and only them")
    func witness() throws {
        func sees(_ security: GatewayEndpointSecurity?) throws -> Bool {
            let encoder = JSONEncoder()
            let witness = GatewaySecretWitness()
            encoder.userInfo[GatewaySecretWitness.key] = witness
            _ = try encoder.encode(GatewayEndpointGroup(strategy: .single, endpoints: [], security: security))
            return witness.sawSecret
        }
        let oauth = GatewayEndpointOAuth(
            grant: .clientCredentials, tokenURL: "https://a", clientID: "c", clientSecret: GatewaySecret(""))
        #expect(try sees(.oauth(oauth)))
        #expect(try !sees(nil))
    }

    @Test("endpoints written before newer members were there still decode")
    func olderEndpoints() throws {
        let text = """
            {"strategy": "single", "endpoints": [{"url": "http://a", "timeoutMilliseconds": 1, "suspendMilliseconds": 2,
            "suspendMaximumMilliseconds": 3, "suspendFactor": 1, "retryErrorCodes": [], "retries": 0,
            "retryDelayMilliseconds": 0}]}
            """
        let group = try JSONDecoder().decode(GatewayEndpointGroup.self, from: Data(text.utf8))
        #expect(group.movesOn && group.security == nil && group.endpoints[0].weight == 1)
        #expect(group.endpoints[0].suspendErrorCodes.isEmpty && group.endpoints[0].healthCheck == nil)
    }
}
