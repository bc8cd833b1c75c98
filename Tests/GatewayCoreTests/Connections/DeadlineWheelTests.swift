import Testing

@testable import GatewayCore

struct DeadlineWheelTests {
    @Test("a token comes up at the first tick that is not before its deadline")
    func comesUp() {
        var wheel = DeadlineWheel(now: 1_000)
        #expect(wheel.isEmpty)
        let tick = wheel.insert(7, deadline: 1_250)
        #expect(tick == 13)
        #expect(wheel.advance(to: 1_299).isEmpty)
        #expect(wheel.advance(to: 1_300) == [.init(token: 7, tick: 13)])
        #expect(wheel.isEmpty)
        #expect(wheel.advance(to: 100_000).isEmpty)
    }

    @Test("a deadline that has passed comes up with the next tick")
    func late() {
        var wheel = DeadlineWheel(now: 5_000)
        #expect(wheel.insert(1, deadline: 10) == 51)
        #expect(wheel.advance(to: 5_100).count == 1)
    }

    @Test("a deadline out of reach comes up early, to be entered again")
    func outOfReach() {
        var wheel = DeadlineWheel(now: 0)
        #expect(wheel.insert(1, deadline: 1_000_000) == 511)
        #expect(wheel.advance(to: 51_100) == [.init(token: 1, tick: 511)])
    }

    @Test("after a long sleep everything comes up, once")
    func sleeps() {
        var wheel = DeadlineWheel(now: 0)
        for number in 0..<1000 { _ = wheel.insert(UInt64(number), deadline: Int64(number) * 50) }
        let due = wheel.advance(to: 1_000_000_000)
        #expect(due.count == 1000)
        #expect(Set(due.map(\.token)).count == 1000)
        #expect(wheel.isEmpty)
        #expect(wheel.insert(1, deadline: 1_000_000_150) == 10_000_002)
        #expect(wheel.advance(to: 1_000_000_200).count == 1)
    }
}
