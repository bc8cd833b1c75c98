/// Decimal digits of numbers, eight at a step and without a branch for each.
enum DecimalDigits {
    /// One above the largest number of eight digits.
    static let limit: UInt64 = 100_000_000

    /// The eight digits of a number below ``limit``, leading zeros included, as text: the first in the lowest byte.
    @inline(__always)
    static func eight(_ value: UInt64) -> UInt64 { zeros | digits(value) }

    /// The digits of a number below ``limit`` without leading zeros, and how many they are. The rest of the word means nothing.
    @inline(__always)
    static func few(_ value: UInt64) -> (text: UInt64, count: Int) {
        let all = digits(value)
        let leading = min(all.trailingZeroBitCount, 56) & ~7
        return (zeros | all &>> UInt64(leading), 8 &- leading / 8)
    }

    /// The same for a number below 1000, such as a status or a duration.
    @inline(__always)
    static func three(_ value: UInt32) -> (text: UInt64, count: Int) {
        let hundreds = (value &* 41) &>> 12
        let rest = value &- hundreds &* 100
        let tens = (rest &* 103) &>> 10
        let all = hundreds | tens &<< 8 | (rest &- tens &* 10) &<< 16
        let count = value < 10 ? 1 : value < 100 ? 2 : 3
        return (UInt64((all | 0x30_3030) &>> UInt32(truncatingIfNeeded: 24 &- count &* 8)), count)
    }

    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// A byte a digit. Lanes are split in halves: four digits each, two each, one each. The factors divide by 100 and by 10 exactly for
    /// the numbers that a lane can hold, and no product reaches the next lane.
    @inline(__always)
    private static func digits(_ value: UInt64) -> UInt64 {
        let fours = value / 10_000 | (value % 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) &<< 8
    }
}
