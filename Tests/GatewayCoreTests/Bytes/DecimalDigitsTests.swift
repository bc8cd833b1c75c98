import Testing

@testable import GatewayCore

struct DecimalDigitsTests {
    private static let numbers: [Int64] =
        Array(0...12_345)
        + [
            99_999, 100_000, 9_999_999, 10_000_000, 99_999_999, 100_000_000, 100_000_001, 123_456_789_012,
            10_000_000_000_000_000,
        ]
        + [1_000_000_000_000_000_007, .max]

    @Test("numbers are written as they are read")
    func writes() {
        let output = OutputBuffer(capacity: 64)
        let log = LogBuffer()
        for number in Self.numbers {
            output.append(decimal: number)
            log.append(decimal: number)
            #expect(String(decoding: output.bytes, as: UTF8.self) == String(number))
            #expect(log.take().map { String(decoding: $0, as: UTF8.self) } == String(number))
            output.removeAll()
        }
    }

    @Test("the log knows negative numbers")
    func writesNegative() {
        let log = LogBuffer()
        for number in [-1, -10, -123_456_789, Int64.min] {
            log.append(decimal: number)
            #expect(log.take().map { String(decoding: $0, as: UTF8.self) } == String(number))
        }
    }

    @Test("what lies before and behind stays as it is")
    func keepsNeighbours() {
        let output = OutputBuffer(capacity: 64)
        output.append("<")
        output.append(decimal: 7_000)
        output.append(">")
        output.append(decimal: 40_000_000_005)
        output.append("!")
        #expect(String(decoding: output.bytes, as: UTF8.self) == "<7000>40000000005!")
    }
}
