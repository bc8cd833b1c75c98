import Testing

@testable import GatewayCore

struct GatewayAllowanceTests {
    @Test("loops share what they may hold: one may take what the others leave, and together no more")
    func shares() {
        var limits = WireLimits()
        limits.collectedBytes = 10
        let allowance = GatewayAllowance(connections: 2, upstreamConnections: 1, limits: limits, loops: 2)
        for _ in 0..<4 { #expect(allowance.clients.take()) }
        #expect(!allowance.clients.take())
        allowance.clients.giveBack()
        #expect(allowance.clients.take())
        #expect(allowance.collectedBytes.take(20))
        #expect(!allowance.collectedBytes.take(1))
    }

    @Test("a part that is too large takes nothing")
    func takesAllOrNothing() {
        let allowance = GatewayAllowance(connections: 5, upstreamConnections: 1, limits: WireLimits())
        #expect(!allowance.clients.take(6))
        #expect(allowance.clients.inUse == 0)
        allowance.clients.takeAnyway(6)
        #expect(allowance.clients.inUse == 6)
    }

    @Test("each upstream address has its own number of connections, the same for all who ask")
    func countsUpstreams() {
        let allowance = GatewayAllowance(connections: 1, upstreamConnections: 1, limits: WireLimits())
        #expect(allowance.connections(to: 0).take())
        #expect(!allowance.connections(to: 0).take())
        #expect(allowance.connections(to: 1).take())
    }

    @Test("limits without end stay so when they are multiplied")
    func saturates() {
        let allowance = GatewayAllowance(connections: .max, upstreamConnections: .max, limits: WireLimits(), loops: 8)
        #expect(allowance.clients.take(1 << 40))
    }
}
