/// A moment in UTC, taken apart in the Gregorian calendar.
struct CalendarDate {
    var year: Int64
    /// From 1.
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    /// 0 for Sunday.
    var weekday: Int64

    static let monthNames: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    static let weekdayNames: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// Counts in years that begin in March, so that the leap day comes last.
    init(milliseconds: Int64) {
        let seconds = milliseconds / 1000
        let days = seconds / 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        hour = seconds % 86_400 / 3600
        minute = seconds % 3600 / 60
        second = seconds % 60
        weekday = (days + 4) % 7
    }

    private var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }

    /// `Fri, 31 Dec 1999 23:59:59 GMT` (RFC 9110 §5.6.7).
    var httpDate: String {
        "\(Self.weekdayNames[Int(weekday)]), \(Self.two(day)) \(monthName) \(year) \(clock) GMT"
    }

    /// `2025-Nov-05 10:15:00+0000 UTC`, the form of `nextAccessTime`.
    var nextAccessTime: String { "\(year)-\(monthName)-\(Self.two(day)) \(clock)+0000 UTC" }

    /// `05/Nov/2025:10:15:00 +0000`, the form of access logs.
    var logDate: String { "\(Self.two(day))/\(monthName)/\(year):\(clock) +0000" }

    /// `2025-11-05T10:15:00`, ISO 8601 without fraction and zone.
    var isoPrefix: String { "\(year)-\(Self.two(month))-\(Self.two(day))T\(clock)" }

    private var monthName: StaticString { Self.monthNames[Int(month - 1)] }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
