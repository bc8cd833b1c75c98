/// A moment in the form of signatures.
struct AWSTime {
    /// `20150830`.
    let day: String
    /// `20150830T123600Z`.
    let text: String

    /// - Parameter milliseconds: since 1970. Counts in years that begin in March, so that the leap day comes last.
    init(milliseconds: Int64) {
        let seconds = milliseconds / 1000
        let shifted = seconds / 86_400 + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = "\(year)\(Self.two(month))\(Self.two(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))"
        text = "\(day)T\(Self.two(seconds % 86_400 / 3600))\(Self.two(seconds % 3600 / 60))\(Self.two(seconds % 60))Z"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
