import Contracts
import Documents

/// A piece of an embedded contract's text: JSON that is parsed when it is needed.
struct ContractText: Sendable {
    /// The whole contract; lives as long as the process.
    private let whole: StaticString
    private let range: Range<Int>

    init(_ text: StaticString) {
        whole = text
        range = 0..<text.utf8CodeUnitCount
    }

    private init(whole: StaticString, range: Range<Int>) {
        self.whole = whole
        self.range = range
    }

    private var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: whole.utf8Start, count: whole.utf8CodeUnitCount)[range])
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The text as JSON; `null` if it is none, which the build tool rules out.
    var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }

    /// The pieces between the occurrences of `separator`, at most `limit` of them.
    func split(_ separator: UInt8, limit: Int = .max) -> [ContractText] {
        bytes.split(separator: separator, maxSplits: limit == .max ? .max : limit - 1, omittingEmptySubsequences: false)
            .map { ContractText(whole: whole, range: range.lowerBound + $0.startIndex..<range.lowerBound + $0.endIndex) }
    }
}
