import Model
import Testing

@testable import GatewayCore

@Suite("Making snapshots")
struct SnapshotBuilderTests {
    @Test("with 10,000 APIs a change takes a small part of what all take")
    func incremental() {
        var builder = SnapshotBuilder()
        let clock = ContinuousClock()
        let apis = (0..<10_000).map { number in
            GatewayChange.put(
                .api(
                    GatewayFixture.api {
                        $0.id = "api-\(number)"; $0.number = number; $0.context = "/api\(number)/1.0.0"
                    }))
        }
        let whole = clock.measure { builder.apply(apis) }
        let snapshot = builder.build()
        let one = clock.measure {
            builder.apply([apis[77]])
            _ = builder.build()
        }
        #expect(one * 200 < whole)
        let path = Array("/api9999/1.0.0/menu".utf8)
        let match = path.withUnsafeBytes { snapshot.contexts.match($0, host: UnsafeRawBufferPointer(start: nil, count: 0)) }
        #expect(match.flatMap { snapshot.apis[$0.api]?.id } == "api-9999")
    }

    @Test("snapshots made earlier do not change")
    func immutability() {
        var builder = SnapshotBuilder()
        builder.apply([.put(.api(GatewayFixture.api()))])
        let before = builder.build()
        builder.apply([.remove(kind: .api, key: "api-1/Default")])
        #expect(before.apis[0] != nil)
        #expect(builder.build().apis[0] == nil)
    }

    @Test("what a complete new state does not name is forgotten, and what it names keeps its place")
    func replacement() {
        var builder = SnapshotBuilder()
        let entities: [GatewayEntity] = [
            .api(GatewayFixture.api()),
            .api(
                GatewayFixture.api {
                    $0.id = "api-2"; $0.context = "/other/1.0.0"
                }),
            .revocation(GatewayRevocation(tenant: -1234, tokenID: "token", expiresMilliseconds: 1)),
        ]
        builder.apply(entities.map(GatewayChange.put))
        let before = builder.build()
        builder.apply([.put(entities[1])])
        builder.removeAll(except: [entities[1].identity])
        let after = builder.build()
        #expect(after.apis[0] == nil)
        #expect(after.apis[1]?.id == "api-2")
        #expect(before.credentials.isRevoked(tokenID: "token"))
        #expect(!after.credentials.isRevoked(tokenID: "token"))
        #expect(after.credentials.epoch > before.credentials.epoch)
    }

    @Test("removing what is not there does nothing", arguments: GatewayEntity.Kind.allCases)
    func unknown(kind: GatewayEntity.Kind) {
        var builder = SnapshotBuilder()
        builder.apply([.remove(kind: kind, key: "none")])
        #expect(builder.build().apis[0] == nil)
    }

    @Test("tables find what was put, replaced and not removed", arguments: 0..<10)
    func hashIndex(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var index = HashIndex<(key: Int, value: Int)>()
        var model: [Int: Int] = [:]
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<300, using: &random)
            // Few different hashes, so that chains are long and wrap around.
            let hash = UInt64(key % 37 + 1)
            if Int.random(in: 0..<3, using: &random) == 0 {
                index.remove(hash) { $0.key == key }
                model[key] = nil
            } else {
                index.set((key, step), for: hash) { $0.key == key }
                model[key] = step
            }
        }
        #expect(index.count == model.count)
        for key in 0..<300 { #expect(index.first(UInt64(key % 37 + 1)) { $0.key == key }?.value == model[key]) }
    }

    @Test("slots are given back and used again")
    func slots() {
        var register = SlotRegister()
        #expect(register.slot(for: "a") == 0 && register.slot(for: "b") == 1 && register.slot(for: "a") == 0)
        #expect(register.release("a") == 0 && register.release("a") == nil)
        #expect(register.slot(for: "c") == 0 && register.slot(for: "d") == 2)
    }
}
