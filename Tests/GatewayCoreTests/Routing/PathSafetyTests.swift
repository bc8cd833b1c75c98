import Testing

@testable import GatewayCore

@Suite("Paths that climb")
struct PathSafetyTests {
    private func isUnsafe(_ path: String) -> Bool { Array(path.utf8).withUnsafeBytes { PathSafety.hasDotSegment($0) } }

    @Test(
        "dot segments are found in every spelling",
        arguments: [
            "/..", "/.", "/a/../b", "/a/./b", "/a/..", "/a/%2e%2e/b", "/a/.%2E", "/a/%2e", "/a%2f..%2fb", "/a%2F%2e%2e",
            "/a\\..\\b",
            "/a%5c..", "/..;jsessionid=1/b", "/a/.;x", "/a/..%2f", "/a/%2e%2e%5cb",
        ])
    func unsafe(path: String) { #expect(isUnsafe(path)) }

    @Test(
        "other dots are none",
        arguments: [
            "/", "", "/a/1.0.0/b", "/a/...", "/a/.hidden", "/a/b..", "/a/..b", "/%2e%2e%2e", "/a%2fb", "/a;..", "/%", "/%2",
            "/a%zz",
            "//a", "/a//b", "/;..",
        ])
    func harmless(path: String) { #expect(!isUnsafe(path)) }

    @Test(
        "paths of one meaning get one spelling",
        arguments: [
            ("/%73ecret", "/secret"), ("/a%2fb", "/a%2Fb"), ("/%7Ea", "/~a"), ("/100%", "/100%"), ("/%zz", "/%zz"),
            ("/%41%5f", "/A_"),
        ])
    func normalization(path: String, expected: String) {
        var output: [UInt8] = []
        Array(path.utf8).withUnsafeBytes { PathNormalization.append($0, to: &output) }
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }
}
