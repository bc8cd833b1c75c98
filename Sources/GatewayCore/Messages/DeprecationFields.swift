import Model

/// The fields that tell callers of a deprecated API that it is on its way out (`docs/deprecation.md`).
enum DeprecationFields {
    /// `Deprecation` (RFC 9745 §2.1, a date of RFC 9651) and `Sunset` (RFC 8594 §3, an HTTP date) as header lines; empty for an API that
    /// is not deprecated.
    static func lines(of api: GatewayAPI) -> [UInt8] {
        guard let deprecated = api.deprecatedMilliseconds else { return [] }
        var text = "Deprecation: @\(deprecated / 1000)\r\n"
        // RFC 9745 §4: the sunset must not lie before the deprecation.
        if let sunset = api.sunsetMilliseconds, sunset >= deprecated {
            text += "Sunset: \(CalendarDate(milliseconds: sunset).httpDate)\r\n"
        }
        return Array(text.utf8)
    }
}
