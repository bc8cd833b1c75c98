import Testing

@testable import Redis

@Suite("Slots of a Redis Cluster")
struct ClusterSlotTests {
    @Test(
        "keys lie in the slots that servers put them in",
        arguments: [
            ("123456789", 12_739), ("foo", 12_182), ("", 0), ("{user1000}.following", 3_443), ("{user1000}.followers", 3_443),
            ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015), ("foo{bar}{zap}", 5_061), ("bar", 5_061),
        ])
    func slots(_ key: String, _ slot: Int) { #expect(ClusterSlot.of(key) == slot) }

    private func server(_ host: RESPValue, _ port: Int64) -> RESPValue {
        .array([host, .integer(port), .text(Array("id".utf8))])
    }

    @Test("the servers' answer tells who serves what; one that names no host is the one that was asked")
    func map() throws {
        let answer = RESPValue.array([
            .array([.integer(0), .integer(99), server(.text(Array("10.0.0.1".utf8)), 7000), server(.null, 1)]),
            .array([.integer(100), .integer(16_383), server(.null, 7001)]),
        ])
        let map = try #require(ClusterMap(answer, from: "seed"))
        #expect(map[0] == .init(host: "10.0.0.1", port: 7000) && map[99] == map[0])
        #expect(map[100] == .init(host: "seed", port: 7001) && map[16_383] == map[100])
        #expect(map.servers.count == 2)
    }

    @Test("an answer that makes no sense is none")
    func badMap() {
        let one = server(.text(Array("a".utf8)), 7000)
        for range in [(0, 16_384), (5, 4), (-1, 4)] {
            let answer = RESPValue.array([.array([.integer(Int64(range.0)), .integer(Int64(range.1)), one])])
            #expect(ClusterMap(answer, from: "x") == nil)
        }
        #expect(ClusterMap(.null, from: "x") == nil)
        #expect(ClusterMap(.array([.array([.integer(0), .integer(1)])]), from: "x") == nil)
        #expect(ClusterMap(.array([.array([.integer(0), .integer(1), server(.null, 0)])]), from: "x") == nil)
    }

    @Test("redirections are told from other complaints")
    func redirections() {
        let moved = ClusterRedirection("MOVED 3999 127.0.0.1:6381", from: "seed")
        #expect(moved?.isLasting == true && moved?.slot == 3999 && moved?.address == .init(host: "127.0.0.1", port: 6381))
        let ask = ClusterRedirection("ASK 1 :6381", from: "seed")
        #expect(ask?.isLasting == false && ask?.address == .init(host: "seed", port: 6381))
        #expect(ClusterRedirection("MOVED 1 2001:db8::1:6381", from: "x")?.address == .init(host: "2001:db8::1", port: 6381))
        for message in ["ERR no", "MOVED", "MOVED x a:1", "MOVED 16384 a:1", "MOVED 1 a", "ASK 1 a:0", "ASK 1 a:99999"] {
            #expect(ClusterRedirection(message, from: "x") == nil)
        }
    }
}
