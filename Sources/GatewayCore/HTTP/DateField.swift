/// The `Date` line (RFC 9110 §5.6.7), written once a second instead of once an answer.
public struct DateField {
    private var second: Int64 = -1
    /// The whole line with CR LF.
    public private(set) var line: [UInt8] = []

    public init() {}

    /// Makes ``line`` that of the given time.
    public mutating func update(epochMilliseconds: Int64) {
        let now = epochMilliseconds / 1000
        guard now != second else { return }
        second = now
        line = Self.format(now)
    }

    private static func format(_ epochSeconds: Int64) -> [UInt8] {
        let days = epochSeconds / 86_400
        let time = epochSeconds % 86_400
        let date = civil(days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [time / 3600, time / 60 % 60, time % 60].map(twoDigits).joined(separator: ":")
        let day = "\(weekdays[Int(days % 7)]), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year)"
        return Array("Date: \(day) \(clock) GMT\r\n".utf8)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The Gregorian date of a day since 1970, by counting in years that begin in March, so that the leap day comes last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
