import Testing

@testable import GatewayCore

@Suite("Foreseeing the API of a request whose head is being read")
struct ContextForesightTests {
    private func index(_ contexts: [(Int32, String, isDefault: Bool)]) -> ContextIndex {
        var index = ContextIndex(seed: 7)
        for (api, context, isDefault) in contexts {
            index.insert(.init(api: api, isDefaultVersion: isDefault, hosts: []), at: Array(context.utf8))
        }
        return index
    }

    /// The API that is foreseen for a path, once the request's bytes have come.
    private func foreseen(_ index: ContextIndex, _ request: String, path: String) -> Int32? {
        Array(request.utf8).withUnsafeBytes { bytes in
            var foresight = index.foresee(bytes)
            index.follow(&foresight)
            return Array(path.utf8).withUnsafeBytes { foresight.match($0)?.api }
        }
    }

    private func searched(_ index: ContextIndex, _ path: String) -> Int32? {
        Array(path.utf8).withUnsafeBytes { index.match($0, host: UnsafeRawBufferPointer(start: nil, count: 0))?.api }
    }

    @Test(
        "the longest context with a version is foreseen",
        arguments: [
            ("GET /pizza/1.0.0/menu HTTP/1.1", "/pizza/1.0.0/menu", Int32(1)),
            ("DELETE /pizza/1.0.0 HTTP/1.1", "/pizza/1.0.0", 1),
            ("GET /pizza/1.0.0?a=/b/c HTTP/1.1", "/pizza/1.0.0", 1),
            ("GET /pizza/1.0.0/deep/er HTTP/1.1", "/pizza/1.0.0/deep/er", 2),
            ("\r\nGET /t/acme/pizza/1.0.0/x HTTP/1.1", "/t/acme/pizza/1.0.0/x", 4),
        ])
    func found(request: String, path: String, api: Int32) {
        let index = index([
            (1, "/pizza/1.0.0", false), (2, "/pizza/1.0.0/deep", false), (3, "/pizza", true), (4, "/t/acme/pizza/1.0.0", false),
        ])
        #expect(foreseen(index, request, path: path) == api)
        #expect(searched(index, path) == api)
    }

    @Test(
        "nothing is foreseen of what only a search can tell",
        arguments: [
            // Without version, so another context may be better.
            ("GET /pizza/menu HTTP/1.1", "/pizza/menu"),
            // The absolute form, and what is no request.
            ("GET http://localhost/pizza/1.0.0/menu HTTP/1.1", "/pizza/1.0.0/menu"), ("OPTIONS * HTTP/1.1", "*"),
            ("no-method-is-as-long-as-this /pizza/1.0.0 HTTP/1.1", "/pizza/1.0.0"), ("GET ", ""), ("", ""),
            // The bytes end within the path: a longer context may follow.
            ("GET /pizza/1.0.0", "/pizza/1.0.0/deep"), ("GET /pizza/1.0.0/de", "/pizza/1.0.0/deep"),
            // Another path than the one that was looked at.
            ("GET /pizza/1.0.0/menu HTTP/1.1", "/pizza/1.0.01/menu"), ("GET /pizza/1.0.0/menu HTTP/1.1", "/pizza"),
        ])
    func unknown(request: String, path: String) {
        let index = index([(1, "/pizza/1.0.0", false), (2, "/pizza/1.0.0/deep", false), (3, "/pizza", true)])
        #expect(foreseen(index, request, path: path) == nil)
    }

    @Test("contexts for everything, for several hosts, or of more than four segments are left to the search")
    func odd() {
        let all = index([(1, "", false)])
        #expect(foreseen(all, "GET /a/1 HTTP/1.1", path: "/a/1") == nil)
        let deep = index([(1, "/a/1", false), (2, "/a/b/c/d/1", false)])
        #expect(foreseen(deep, "GET /a/1/x HTTP/1.1", path: "/a/1/x") == nil)
        var hosts = ContextIndex(seed: 7)
        hosts.insert(.init(api: 1, isDefaultVersion: false, hosts: [Array("one.test".utf8)]), at: Array("/a/1".utf8))
        #expect(foreseen(hosts, "GET /a/1 HTTP/1.1", path: "/a/1") == nil)
        let long = "/" + String(repeating: "long", count: 20) + "/1"
        #expect(foreseen(index([(1, long, false)]), "GET \(long) HTTP/1.1", path: long) == nil)
    }

    @Test("what is foreseen of any beginning of a request is what a search finds", arguments: 0..<20)
    func property(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) + 5)
        func path(_ most: Int) -> String {
            (0..<Int.random(in: 1...most, using: &random)).map { _ in "/\(Int.random(in: 0..<4, using: &random))" }.joined()
        }
        var index = ContextIndex(seed: UInt64(seed))
        var taken: Set<String> = []
        for api in Int32(0)..<60 {
            let context = path(4)
            guard taken.insert(context).inserted else { continue }
            index.insert(.init(api: api, isDefaultVersion: api % 3 == 0, hosts: []), at: Array(context.utf8))
        }
        var count = 0
        for _ in 0..<200 {
            let path = path(6)
            let request = Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            let beginning = request.prefix(Int.random(in: 0...request.count, using: &random))
            if let api = foreseen(index, String(decoding: beginning, as: UTF8.self), path: path) {
                #expect(api == searched(index, path))
                count += 1
            }
        }
        #expect(count > 20)
    }
}
