/// How a quota is told to clients in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, §3 and §4).
final class QuotaLabel: Sendable {
    /// Name of the policy as a string of structured fields (RFC 9651 §3.3.3), for instance `"subscription:Gold"`.
    let name: [UInt8]
    /// The item of `RateLimit-Policy`, for instance `"subscription:Gold";q=5000;w=60`.
    let policy: [UInt8]

    /// - Parameter name: letters, digits, `_`, `:` and `-`; anything else is left out, so that nothing has to be escaped.
    init(_ name: String, amount: Int, windowMilliseconds: Int64, countsBytes: Bool) {
        let allowed = name.utf8.filter { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
        self.name = [0x22] + allowed + [0x22]
        // The largest integer of structured fields has 15 digits (RFC 9651 §3.3.1).
        let quota = min(max(0, amount), 999_999_999_999_999)
        let unit = countsBytes ? ";qu=\"content-bytes\"" : ""
        policy = self.name + Array(";q=\(quota)\(unit);w=\(max(1, windowMilliseconds / 1000))".utf8)
    }
}
