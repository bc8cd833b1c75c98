/// Cuts a stream of bytes into lines.
struct LineGatherer {
    /// Why a stream is not the feed.
    struct LineTooLong: Error {}

    /// Larger than any definition that a control plane takes.
    private static let limit = 256 << 20

    private var rest: [UInt8] = []

    /// The complete lines that end in `bytes`, without their ends and without empty ones.
    mutating func lines(_ bytes: some Collection<UInt8>) throws -> [ArraySlice<UInt8>] {
        rest += bytes
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else {
            guard rest.count <= Self.limit else { throw LineTooLong() }
            return []
        }
        let lines = rest[..<end].split(separator: UInt8(ascii: "\n"))
        rest = Array(rest[(end + 1)...])
        return lines
    }
}
