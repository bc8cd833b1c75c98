import Documents
import FoundationEssentials

/// The property `sunset` of an API: when it is expected to stop answering once it is deprecated (`docs/deprecation.md`).
enum SunsetProperty {
    static let name = "sunset"
    /// The last moment that an HTTP date, with its four digits for the year, can name.
    private static let last: Int64 = 253_402_300_799_000

    /// Milliseconds since 1970. `nil` without the property, and when its value is no date: a property of this name may mean something else.
    static func milliseconds(in document: JSONObject) -> Int64? {
        let property = document["additionalProperties"]?.array?.first { $0["name"]?.string?.lowercased() == name }
        guard let text = property?["value"]?.string, let date = date(text) else { return nil }
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        return (0...last).contains(milliseconds) ? milliseconds : nil
    }

    /// A day, which ends the API at its begin in UTC, or a moment (ISO 8601).
    private static func date(_ text: String) -> Date? {
        if let moment = try? Date.ISO8601FormatStyle().parse(text) { return moment }
        guard text.utf8.count == 10 else { return nil }
        return try? Date.ISO8601FormatStyle().year().month().day().parse(text)
    }
}
