import CByteScan
import Testing

/// The searches in steps of 16 and 32 bytes find what a search byte by byte finds.
struct ByteScanTests {
    /// Texts of all lengths around the steps, with one conspicuous byte at each place, or none.
    private static func forEachText(_ body: (UnsafeBufferPointer<UInt8>, Int?, UInt8) -> Void) {
        for count in 0...70 {
            for conspicuous in [0x00, 0x1F, 0x22, 0x23, 0x5C, 0x7F, 0x80, 0xFF] as [UInt8] {
                for place in [nil] + Array(0..<count).map(Optional.some) {
                    var text = (0..<count).map { UInt8(0x61 + $0 % 26) }
                    if let place { text[place] = conspicuous }
                    text.withUnsafeBufferPointer { body($0, place, conspicuous) }
                }
            }
        }
    }

    private static func check(
        _ name: Comment, _ scan: (UnsafePointer<UInt8>?, Int, UInt8) -> Int, finds: (UInt8) -> Bool
    ) {
        forEachText { text, place, byte in
            let expected = place != nil && finds(byte) ? place : nil
            #expect(scan(text.baseAddress, text.count, byte) == expected ?? text.count, name)
        }
    }

    @Test("a byte is found wherever it is")
    func first() { Self.check("first", { cbytescan_first($0, $1, $2) }, finds: { _ in true }) }

    @Test("control characters end a field's value")
    func control() {
        Self.check("control", { bytes, count, _ in cbytescan_control(bytes, count) }, finds: { $0 < 0x20 || $0 == 0x7F })
    }

    @Test("what would have to be escaped in a log is found")
    func unquotable() {
        Self.check(
            "unquotable", { bytes, count, _ in cbytescan_unquotable(bytes, count) },
            finds: { $0 < 0x20 || $0 >= 0x7F || $0 == 0x22 || $0 == 0x5C })
    }

    @Test("what no request target may hold is found")
    func target() {
        Self.check(
            "target", { bytes, count, _ in cbytescan_target_end(bytes, count) },
            finds: { $0 < 0x21 || $0 >= 0x7F || $0 == 0x23 })
    }

    @Test("copies are whole and touch nothing beside them", arguments: 0...70)
    func copies(count: Int) {
        let source = (0..<count).map { UInt8($0 + 1) }
        var target = [UInt8](repeating: 0xEE, count: count + 2)
        target.withUnsafeMutableBufferPointer { target in
            source.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return }
                cbytescan_copy(to + 1, from, count)
            }
        }
        #expect(target == [0xEE] + source + [0xEE])
    }
}
