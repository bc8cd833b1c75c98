import Testing

@testable import GatewayCore

@Suite("Finding the API of a path")
struct ContextIndexTests {
    private func match(_ index: ContextIndex, _ path: String, host: String = "localhost") -> Int32? {
        Array(path.utf8).withUnsafeBytes { path in
            Array(host.utf8).withUnsafeBytes { index.match(path, host: $0)?.api }
        }
    }

    private func candidate(_ api: Int32, isDefault: Bool = false, hosts: [String] = []) -> ContextIndex.Candidate {
        .init(api: api, isDefaultVersion: isDefault, hosts: hosts.map { Array($0.utf8) })
    }

    @Test("the longest context wins, and one with version before one without")
    func order() {
        var index = ContextIndex(seed: 1)
        index.insert(candidate(1), at: Array("/pizza/1.0.0".utf8))
        index.insert(candidate(2), at: Array("/pizza/2.0.0".utf8))
        index.insert(candidate(2, isDefault: true), at: Array("/pizza".utf8))
        index.insert(candidate(3), at: Array("/pizza".utf8))
        index.insert(candidate(4, isDefault: true), at: Array("/pizza/1.0.0/deep".utf8))
        index.insert(candidate(5), at: [])
        #expect(match(index, "/pizza/1.0.0/menu") == 1)
        #expect(match(index, "/pizza/2.0.0") == 2)
        #expect(match(index, "/pizza/menu") == 3)
        #expect(match(index, "/pizza/1.0.0/deep/x") == 1)
        #expect(match(index, "/pizzas") == 5)
        index.remove(api: 3, at: Array("/pizza".utf8))
        #expect(match(index, "/pizza/menu") == 2)
        index.remove(api: 5, at: [])
        #expect(match(index, "/pizzas") == nil)
    }

    @Test("hosts are compared without port and case; an API for the host goes before one for all")
    func hosts() {
        var index = ContextIndex(seed: 1)
        let context = Array("/a/1".utf8)
        index.insert(candidate(1, hosts: ["one.test"]), at: context)
        index.insert(candidate(2, hosts: ["two.test", "zwei.test"]), at: context)
        #expect(match(index, "/a/1/x", host: "ONE.test:8243") == 1)
        #expect(match(index, "/a/1/x", host: "zwei.test") == 2)
        #expect(match(index, "/a/1/x", host: "one.test.evil") == nil)
        index.insert(candidate(3), at: context)
        #expect(match(index, "/a/1/x", host: "[::1]:8243") == 3)
        #expect(match(index, "/a/1/x", host: "one.test") == 1)
    }

    @Test("random contexts are found as a plain search finds them", arguments: 0..<20)
    func property(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) + 99)
        var index = ContextIndex(seed: UInt64(seed))
        var plain: [String: Int32] = [:]
        for api in Int32(0)..<200 {
            let context = (0..<Int.random(in: 1...4, using: &random)).map { _ in "/\(Int.random(in: 0..<6, using: &random))" }
                .joined()
            if let old = plain[context] {
                index.remove(api: old, at: Array(context.utf8))
                plain[context] = nil
                if Bool.random(using: &random) { continue }
            }
            plain[context] = api
            index.insert(candidate(api), at: Array(context.utf8))
        }
        for _ in 0..<500 {
            let path = (0..<Int.random(in: 0...6, using: &random)).map { _ in "/\(Int.random(in: 0..<7, using: &random))" }
                .joined()
            let expected = plain.filter { path == $0.key || path.hasPrefix($0.key + "/") }.max { $0.key.count < $1.key.count }
            #expect(match(index, path) == expected?.value, "\(path)")
        }
    }
}
