import GatewayCore
import Testing

@testable import GatewayEpoll

struct TargetTableTests {
    private func makeLoop() throws -> EpollLoop {
        let settings = EpollSettings(
            addresses: [],
            allowance: GatewayAllowance(connections: 1, upstreamConnections: 1, limits: WireLimits()),
            facts: { peer, port, _ in
                ConnectionFacts(peerAddress: peer.text, isTrustedProxy: false, isTLS: false, localPort: port)
            }, handOver: { _ in })
        return try EpollLoop(settings: settings, pipeline: RequestPipeline(), time: .system, mailbox: LoopMailbox())
    }

    @Test("the token of one that has left names nobody, also when its slot is used again")
    func forgets() throws {
        let loop = try makeLoop()
        let first = EventTarget(loop: loop)
        first.enter()
        let token = try #require(first.token)
        #expect(loop.targets[token] === first)
        first.leave()
        #expect(first.token == nil)
        #expect(loop.targets[token] == nil)
        let second = EventTarget(loop: loop)
        second.enter()
        let next = try #require(second.token)
        #expect(next & 0xFFFF_FFFF == token & 0xFFFF_FFFF)
        #expect(next != token)
        #expect(loop.targets[token] == nil)
        #expect(loop.targets[next] === second)
        second.leave()
    }

    @Test("a token that was never given names nobody")
    func unknown() throws {
        let loop = try makeLoop()
        #expect(loop.targets[0] == nil)
        #expect(loop.targets[.max] == nil)
    }
}
