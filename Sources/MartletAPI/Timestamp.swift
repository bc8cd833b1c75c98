import Documents
import FoundationEssentials

/// Points in time as answers show them.
enum Timestamp {
    /// ISO 8601 in UTC with milliseconds.
    static func json(_ milliseconds: Int64) -> JSONValue {
        JSONValue(
            Date(timeIntervalSince1970: Double(milliseconds) / 1000)
                .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
