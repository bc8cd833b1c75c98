import Testing

@testable import GatewayCore

@Suite("The cache of credentials")
struct CredentialCacheTests {
    private func entry(_ text: String, _ kind: Credential.Kind = .oauth2, tenant: Int = 1, expires: Int64 = 1_000)
        -> CredentialCache.Entry
    {
        CredentialCache.Entry(kind: kind, tenant: tenant, text: Array(text.utf8), credential: nil, expires: expires, epoch: 0)
    }

    private func find(
        _ cache: CredentialCache, _ text: String, _ kind: Credential.Kind = .oauth2, tenant: Int = 1, now: Int64 = 0
    ) -> CredentialCache.Entry? {
        Array(text.utf8).withUnsafeBytes {
            cache.find($0, hash: cache.hash($0, kind, tenant: tenant), kind, tenant: tenant, nowMilliseconds: now)
        }
    }

    private func insert(_ cache: CredentialCache, _ entry: CredentialCache.Entry, now: Int64 = 0) {
        let hash = entry.text.withUnsafeBytes { cache.hash($0, entry.kind, tenant: entry.tenant) }
        cache.insert(entry, hash: hash, nowMilliseconds: now)
    }

    @Test("an entry is found by its text, kind and tenant only, until it expires")
    func lookup() {
        let cache = CredentialCache(capacity: 64, seed: 7)
        insert(cache, entry("token"))
        #expect(find(cache, "token") != nil)
        #expect(find(cache, "token2") == nil)
        #expect(find(cache, "token", .apiKey) == nil)
        #expect(find(cache, "token", tenant: 2) == nil)
        #expect(find(cache, "token", now: 999) != nil)
        #expect(find(cache, "token", now: 1_000) == nil)
        #expect(cache.count == 0)
    }

    @Test("equal hashes do not make texts equal")
    func collision() {
        let cache = CredentialCache(capacity: 8, seed: 7)
        let hash: UInt64 = 12_345
        cache.insert(entry("a"), hash: hash, nowMilliseconds: 0)
        let found = Array("b".utf8).withUnsafeBytes { cache.find($0, hash: hash, .oauth2, tenant: 1, nowMilliseconds: 0) }
        #expect(found == nil)
    }

    @Test("the cache stays within its bound and keeps what is in use")
    func bound() {
        let cache = CredentialCache(capacity: 64, seed: 7)
        insert(cache, entry("kept", expires: .max))
        for index in 0..<10_000 {
            insert(cache, entry("token \(index)", expires: .max))
            #expect(find(cache, "kept") != nil)
        }
        #expect(cache.count <= 64)
    }

    @Test("failures of a source are limited by the second")
    func failures() {
        var limiter = FailureLimiter(perSecond: 3, seed: 1)
        let text = OutputBuffer()
        text.append("203.0.113.1")
        let source = text.bytes
        defer { withExtendedLifetime(text) {} }
        for _ in 0..<3 {
            #expect(limiter.allows(source, nowMilliseconds: 1_000))
            limiter.noteFailure(source, nowMilliseconds: 1_500)
        }
        #expect(!limiter.allows(source, nowMilliseconds: 1_999))
        #expect(limiter.allows(source, nowMilliseconds: 2_000))
    }
}
