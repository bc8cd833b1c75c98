/// Finds the empty line that ends a head, over as many pieces as it takes, looking at each byte once.
struct HeadEndFinder {
    enum Outcome: Equatable {
        /// The head reaches up to this offset, its empty line included.
        case found(end: Int)
        case incomplete
        /// A line feed without carriage return (RFC 9112 §2.2 allows to refuse it, and smuggling lives on accepting it).
        case bareLineFeed
    }

    /// Where the head starts: behind the empty line that RFC 9112 §2.2 asks to tolerate in front of a request.
    private(set) var start = 0
    /// Whether the first line is complete.
    private(set) var hasFirstLine = false
    private var lineStart = 0
    private var scanned = 0

    /// Goes on in a buffer whose first bytes are those of the previous calls.
    mutating func find(in bytes: UnsafeRawBufferPointer, skipsEmptyLine: Bool) -> Outcome {
        while let index = ByteScanning.lineFeed(in: bytes, from: scanned) {
            guard index > lineStart, bytes[index - 1] == ByteScanning.carriageReturn else { return .bareLineFeed }
            let isEmpty = index - 1 == lineStart
            scanned = index + 1
            lineStart = scanned
            if !isEmpty {
                hasFirstLine = true
            } else if hasFirstLine {
                return .found(end: scanned)
            } else if skipsEmptyLine, start == 0 {
                start = scanned
            } else {
                return .bareLineFeed
            }
        }
        scanned = bytes.count
        return .incomplete
    }
}
