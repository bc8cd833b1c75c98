/// Makes new inputs of known ones, the same for the same seed.
struct Mutations {
    private var state: UInt64

    /// What parsers stumble over.
    private static let texts: [String] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", ";", "\0", "\u{7F}", "%2e", "%", "..", "//", "0", "-1", "+1",
        "0x5",
        "99999999999999999999", "\r\n ", "\n\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Transfer-Encoding: identity, chunked\r\n", "Connection: close\r\n", "Host: x\r\n",
        "Expect: 100-continue\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "HTTP/1.0", "HTTP/1.1 100 Continue\r\n\r\n", "--b",
        "\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n", "\"", "\\", "{", "[", "}", ".", "=", "é", "alg", "none",
    ]

    private static let pieces = texts.map { Array($0.utf8) }

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// xorshift64*.
    private mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(bound, 1)
    }

    /// A changed input; `other` lends parts.
    mutating func mutate(_ input: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            let end = min(bytes.count, place + 1 + below(16))
            switch below(6) {
            case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
            case 1: if place < bytes.count { bytes[place] = UInt8(below(256)) }
            case 2: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            default:
                let start = below(other.count)
                bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + below(64))], at: place)
            }
        }
        return Array(bytes.prefix(2048))
    }
}
