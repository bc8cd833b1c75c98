import Testing

@testable import GatewayCore

@Suite("The memory of kept answers")
struct ResponseStoreTests {
    private func key(_ path: String, caller: UInt8 = 0) -> CacheKey {
        CacheKey(
            target: .init(deployment: 1, backend: 0, isSandbox: false, path: Array(path.utf8)), caller: [caller])
    }

    private func answer(_ size: Int, selectors: [CachedAnswer.Selector] = []) -> CachedAnswer {
        CachedAnswer(
            selectors: selectors, status: 200, head: [], body: Array(repeating: 0, count: size), entityTag: nil,
            lastModified: nil, freshness: CacheFreshness(receivedMilliseconds: 0, initialAge: 0, lifetime: 10))
    }

    @Test("what was used longest ago makes room")
    func evicts() {
        var store = ResponseStore(limit: 4 * 1600, variants: 8)
        let answers = (0..<4).map { _ in answer(1000) }
        for (index, answer) in answers.enumerated() { store.keep(answer, for: key("\(index)")) }
        store.touch(key("0"), answers[0])
        store.keep(answer(1000), for: key("4"))
        #expect(store.answers(for: key("0")).count == 1)
        #expect(store.answers(for: key("1")).isEmpty)
        #expect(store.bytes <= 4 * 1600)
    }

    @Test("memory stays within its bound whatever comes, and is all free in the end")
    func isBounded() {
        var store = ResponseStore(limit: 20_000, variants: 4)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let path = key("\(UInt8.random(in: 0..<20, using: &random))", caller: UInt8.random(in: 0..<6, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0: store.removeAll(path.target)
            case 1: store.answers(for: path).first.map { store.touch(path, $0) }
            default: store.keep(answer(Int.random(in: 0..<25_000, using: &random)), for: path)
            }
            #expect(store.bytes <= 20_000)
        }
        for number in 0..<20 { store.removeAll(key("\(number)").target) }
        #expect(store.bytes == 0 && store.count == 0)
    }

    @Test("an answer takes the place of the one before to the same question, and others stay")
    func replaces() throws {
        var store = ResponseStore(limit: 1 << 20, variants: 3)
        let name = try #require(FieldName("accept"))
        store.keep(answer(1, selectors: [.init(name: name, value: [1])]), for: key("a"))
        store.keep(answer(2, selectors: [.init(name: name, value: [2])]), for: key("a"))
        store.keep(answer(3, selectors: [.init(name: name, value: [1])]), for: key("a"))
        #expect(Set(store.answers(for: key("a")).map(\.body.count)) == [2, 3])
        store.keep(answer(4), for: key("a", caller: 1))
        store.keep(answer(5), for: key("a", caller: 2))
        #expect(store.count == 3)
    }
}

@Suite("Dates and directives of caching")
struct CacheFieldTests {
    @Test(
        "dates are read in the form that is sent",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("0", nil), ("", nil),
            ("Sun, 06 Nov 1994 28:49:37 GMT", nil), ("Sun, 06 Xxx 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) {
        #expect(Array(text.utf8).withUnsafeBytes { HTTPDate.seconds($0) } == seconds)
    }

    @Test("directives are read without regard to case, and numbers that are none count as 0")
    func directives() {
        let read = CacheDirectives(["Public, MAX-AGE=10".utf8, "s-maxage=\"5\", no-cache=\"x\"".utf8].map { Array($0) })
        #expect(read.isPublic && read.noCache && read.maxAge == 10 && read.sharedMaxAge == 5 && !read.noStore)
        #expect(CacheDirectives([Array("max-age=-1".utf8)]).maxAge == 0)
        #expect(CacheDirectives([Array("max-age=99999999999".utf8)]).maxAge == 0)
    }
}
