/// A request to somebody else's server.
public struct OutgoingRequest: Sendable {
    /// Upper case.
    public var method: String
    public var url: String
    /// Besides `User-Agent`, `Accept` and the framing; replaces `Accept`.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// How long the exchange may take; `nil` for the limit of whoever sends it.
    public var seconds: Int64?

    public init(_ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// A form (`application/x-www-form-urlencoded`).
    public static func form(
        _ url: String, _ fields: [(name: String, value: String)], headers: [(name: String, value: String)] = []
    ) -> OutgoingRequest {
        let text = fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return OutgoingRequest("POST", url, headers: headers + [type], body: Array(text.utf8))
    }

    /// Percent-encoding that leaves only the unreserved characters of RFC 3986 §2.3.
    public static func encoded(_ text: String) -> String {
        var output: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: output.append(byte)
            default: output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
