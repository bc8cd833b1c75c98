import Testing

@testable import GatewayEpoll

struct SocketAddressTests {
    @Test("literal addresses of both versions are found without asking anyone", arguments: ["127.0.0.1", "::1"])
    func literals(host: String) throws {
        let address = try #require(SocketAddress.find(host: host, port: 8280, isLiteral: true).first)
        #expect(address.port == 8280)
        let peer = PeerAddress(address.storage)
        #expect(peer.text == Array(host.utf8))
        #expect(peer.bytes == (host == "::1" ? [UInt8](repeating: 0, count: 15) + [1] : [127, 0, 0, 1]))
    }

    @Test("a name is no literal address", arguments: ["localhost", "", "1.2.3.4.5", "no..name"])
    func names(host: String) {
        #expect(SocketAddress.find(host: host, port: 80, isLiteral: true).isEmpty)
    }

    @Test("a port can be put into an address of either version", arguments: ["127.0.0.1", "::1"])
    func ports(host: String) throws {
        var address = try #require(SocketAddress.find(host: host, port: 1, isLiteral: true).first)
        address.port = 54_321
        #expect(address.port == 54_321)
        #expect(PeerAddress(address.storage).text == Array(host.utf8))
    }
}
