import Model
import Testing

@testable import Tokens

@Suite("Opaque API keys")
struct OpaqueAPIKeyTests {
    @Test("a key has its prefix, its length and only letters and digits")
    func form() {
        for _ in 0..<50 {
            let key = OpaqueAPIKey.generate(.system)
            #expect(key.hasPrefix("mlk_"))
            #expect(key.utf8.count == 50)
            #expect(key.dropFirst(4).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            #expect(OpaqueAPIKey.isWellFormed(Array(key.utf8)))
        }
    }

    @Test("every changed character breaks the checksum")
    func checksum() {
        let key = Array(OpaqueAPIKey.generate(.system).utf8)
        for index in key.indices.dropFirst(4) {
            var changed = key
            changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
            #expect(!OpaqueAPIKey.isWellFormed(changed))
        }
        #expect(!OpaqueAPIKey.isWellFormed([]))
        #expect(!OpaqueAPIKey.isWellFormed(key + key))
    }

    @Test("a known key has a known checksum, so that scanners can be built")
    func known() {
        let body = "mlk_" + String(repeating: "A", count: 40)
        #expect(OpaqueAPIKey.isWellFormed(Array((body + "0zXLzy").utf8)))
    }

    @Test("hashes depend on the secret")
    func hashes() {
        let key = OpaqueAPIKey.generate(.system).utf8
        #expect(APIKeyHashing(secret: "a").hash(key) == APIKeyHashing(secret: "a").hash(key))
        #expect(APIKeyHashing(secret: "a").hash(key) != APIKeyHashing(secret: "b").hash(key))
        #expect(APIKeyHashing(secret: "a").hash(key).utf8.count == 64)
    }
}
