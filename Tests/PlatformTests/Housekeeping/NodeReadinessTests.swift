import Testing

@testable import Platform

@Suite("Readiness of a node")
struct NodeReadinessTests {
    @Test("it begins when all is loaded and ends for good when the node is told to stop")
    func states() {
        let readiness = Readiness()
        #expect(!readiness.isReady && readiness.state == .starting)
        readiness.set()
        #expect(readiness.isReady)
        readiness.end()
        readiness.set()
        #expect(!readiness.isReady && readiness.state == .stopping)
    }
}
