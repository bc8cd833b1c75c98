import Testing

@testable import GatewayCore

struct DecimalDigitsTests {
    private let output = OutputBuffer(capacity: 64)
    private let log = LogBuffer()

    private func expectWritten(_ number: Int64) {
        output.append(decimal: number)
        log.append(decimal: number)
        let expected = Array(String(number).utf8)
        #expect(Array(output.bytes) == expected)
        #expect(log.take() == expected)
        output.removeAll()
    }

    @Test("numbers are written as they are read")
    func writesSmall() {
        for number in 0...12_345 { expectWritten(Int64(number)) }
    }

    @Test(
        "numbers of any length are written as they are read",
        arguments: [
            99_999, 100_000, 9_999_999, 10_000_000, 99_999_999, 100_000_000, 100_000_001, 123_456_789_012,
            10_000_000_000_000_000, 1_000_000_000_000_000_007, Int64.max,
        ])
    func writesLarge(number: Int64) { expectWritten(number) }

    @Test("the log knows negative numbers", arguments: [-1, -10, -123_456_789, Int64.min])
    func writesNegative(number: Int64) {
        log.append(decimal: number)
        #expect(log.take() == Array(String(number).utf8))
    }

    @Test("what lies before and behind stays as it is")
    func keepsNeighbours() {
        output.append("<")
        output.append(decimal: 7_000)
        output.append(">")
        output.append(decimal: 40_000_000_005)
        output.append("!")
        #expect(String(decoding: output.bytes, as: UTF8.self) == "<7000>40000000005!")
    }
}
