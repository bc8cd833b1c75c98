extension Setting where Value == String {
    /// A text such as `900s`, `15m`, `1h` or `1d`; a number alone means seconds.
    func duration() -> Self {
        var copy = self
        copy.isAllowed = { $0.seconds != nil }
        copy.expectation = "a duration such as 900s, 15m or 1h"
        return copy
    }
}

extension String {
    /// The seconds of a duration such as `900s`, `15m`, `1h` or `1d`; `nil` for another text, or for more than a year.
    public var seconds: Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = last.flatMap { units[$0] }
        let digits = unit == nil ? self[...] : dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let (seconds, overflows) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflows || seconds > 366 * 86_400 ? nil : seconds
    }
}
