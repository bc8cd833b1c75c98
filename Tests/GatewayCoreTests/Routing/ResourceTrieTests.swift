import Testing

@testable import GatewayCore

@Suite("Resource matching")
struct ResourceTrieTests {
    private func match(_ trie: ResourceTrie, _ path: String, _ verb: Verb = .get) -> ResourceTrie.Match {
        Array(path.utf8).withUnsafeBytes { trie.match($0, verb) }
    }

    private func trie(_ templates: [String], _ verb: Verb = .get) -> ResourceTrie {
        let builder = ResourceTrieBuilder()
        for (index, template) in templates.enumerated() { builder.add(template, verb, operation: Int32(index)) }
        return builder.build()
    }

    @Test(
        "the most specific resource wins",
        arguments: [
            ("/echo/products/catalog/7", 0), ("/echo/products/list", 1), ("/echo/other/x", 2), ("/else", 3), ("", 3), ("/", 3),
            ("/echo", 2), ("/echo/products/catalog/new", 4), ("/echo/products/catalog/new/", 4), ("/files/a.json", 5),
            ("/files/a.xml", 3), ("/v1-2/x", 6), ("/raw/a:b", 7), ("/raw/a/b/c", 7), ("/x/any/y", 8), ("/files/.json", 3),
            ("/plus/a:b/end", 9),
        ])
    func order(path: String, expected: Int32) {
        let trie = trie([
            "/echo/products/catalog/{id}", "/echo/products/*", "/echo/*", "/*", "/echo/products/catalog/new",
            "/files/{name}.json",
            "/v{major}-{minor}/x", "/raw/{+rest}", "/x/*/y", "/plus/{+name}/end",
        ])
        #expect(match(trie, path) == .operation(expected))
    }

    @Test("verbs are sorted out before specificity")
    func verbs() {
        let builder = ResourceTrieBuilder()
        builder.add("/payee/personal", .post, operation: 0)
        builder.add("/payee/{id}", .get, operation: 1)
        builder.add("/comp/cartes/*", .get, operation: 2)
        builder.add("/comp/cartes/op/*", .post, operation: 3)
        let trie = builder.build()
        #expect(match(trie, "/payee/personal", .post) == .operation(0))
        #expect(match(trie, "/payee/personal", .get) == .operation(1))
        #expect(match(trie, "/comp/cartes/op/1", .get) == .operation(2))
        #expect(match(trie, "/comp/cartes/op/1", .post) == .operation(3))
        #expect(match(trie, "/payee/personal", .delete) == .methodNotAllowed)
        #expect(match(trie, "/payee", .get) == .notFound)
        #expect(Array("/payee/personal".utf8).withUnsafeBytes { trie.verbs(of: $0) } == 0b11)
    }

    @Test("punctuation in names is plain", arguments: ["/a,b", "/a-b", "/a.b", "/a_b", "/a~b", "/caf\u{e9}", "/a b"])
    func punctuation(template: String) {
        let path = String(decoding: PathNormalization.definition(template), as: UTF8.self)
        #expect(match(trie([template]), path) == .operation(0))
    }

    @Test("a target's query and fragment do not count")
    func query() { #expect(match(trie(["/q?x={+value}"]), "/q") == .operation(0)) }

    @Test("without operations nothing matches")
    func empty() {
        #expect(match(trie([]), "/a") == .notFound)
        #expect(match(ResourceTrie(), "/a") == .notFound)
    }

    @Test("random resources and paths are matched as the plain model matches them", arguments: 0..<40)
    func property(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &* 7_919 &+ 1)
        let words = ["a", "b", "c", "ab"]
        var naive = NaiveRouter()
        let builder = ResourceTrieBuilder()
        var known: Set<String> = []
        for _ in 0..<Int.random(in: 1...25, using: &random) {
            var segments = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Int.random(in: 0..<3, using: &random) == 0 ? "{v}" : words.randomElement(using: &random) ?? "a"
            }
            if Int.random(in: 0..<4, using: &random) == 0 { segments.append("*") }
            let verb = [Verb.get, .post, .put].randomElement(using: &random) ?? .get
            let template = "/" + segments.joined(separator: "/")
            guard known.insert("\(verb) \(template)").inserted else { continue }
            builder.add(template, verb, operation: Int32(naive.resources.count))
            naive.add(template, verb)
        }
        let trie = builder.build()
        for _ in 0..<400 {
            let count = Int.random(in: 0...5, using: &random)
            var path = (0..<count).map { _ in "/" + ((words + ["", "x:y", "zz"]).randomElement(using: &random) ?? "") }.joined()
            if Bool.random(using: &random) { path += "/" }
            let verb = [Verb.get, .post, .put, .delete].randomElement(using: &random) ?? .get
            #expect(match(trie, path, verb) == naive.match(path, verb), "\(verb) \(path) in \(known.sorted())")
        }
    }
}
