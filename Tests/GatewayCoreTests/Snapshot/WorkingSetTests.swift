import Testing

@testable import GatewayCore

@Suite struct WorkingSetTests {
    private final class Piece {
        var numbers = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    }

    @Test("holds each line once, from an array's header to its end or as far as asked")
    func coversArrays() throws {
        let bytes = [UInt8](repeating: 1, count: 1000)
        var set = WorkingSet()
        set.add(bytes)
        set.add(bytes, most: 10)
        let start = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        let expected = ((start - 32) / 64...(start + 255) / 64).map { $0 * 64 }
        #expect(set.addresses == expected)
    }

    @Test("holds whole objects")
    func coversObjects() {
        let piece = Piece()
        var set = WorkingSet()
        set.add(whole: piece)
        let start = UInt(bitPattern: Unmanaged.passUnretained(piece).toOpaque())
        #expect(set.addresses.first == start / 64 * 64)
        #expect(set.addresses.contains((start + 16 + 79) / 64 * 64))
    }

    @Test("stops at as many lines as help, and takes nothing for nothing")
    func isBounded() {
        var set = WorkingSet()
        set.add([UInt8]())
        set.add(nil, bytes: 64)
        #expect(set.addresses.isEmpty)
        set.fetch()
        set.add([UInt8](repeating: 0, count: 1 << 16), most: 1 << 16)
        #expect(set.addresses.count == WorkingSet.most)
    }

    @Test("is a hint: what it names may be gone")
    func outlivesObjects() {
        var set = WorkingSet()
        for _ in 0..<4 { set.add(whole: Piece()) }
        set.fetch()
        #expect(!set.addresses.isEmpty)
    }
}
