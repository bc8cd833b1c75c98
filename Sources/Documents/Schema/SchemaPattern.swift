/// A regular expression in the syntax of ECMA-262 (as JSON Schema recommends), matched in time proportional to the text: all
/// alternatives advance together, so there is no pattern that makes it hang. Back references and look-behind are refused.
public struct SchemaPattern: Sendable {
    /// Why a pattern cannot be used.
    public struct Fault: Error, Sendable, Hashable {
        public let message: String
    }

    /// One step of the compiled pattern; numbers are places in the program.
    enum Instruction: Sendable {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case atStart
        case atEnd
        case wordBoundary(Bool)
        case lookAhead(program: [Instruction], expects: Bool)
        case match
    }

    /// Steps after which a text counts as not matching; some seconds for the worst pattern and text.
    public static let stepLimit = 50_000_000

    /// The pattern as it was written.
    public let text: String
    private let program: [Instruction]

    public init(_ text: String) throws(Fault) {
        self.text = text
        var parser = PatternParser(text)
        program = try parser.program()
    }

    /// Whether the pattern matches somewhere in `subject`; `^` and `$` stand for its ends only.
    ///
    /// - Parameter steps: the work after which the text counts as not matching; callers that must not wait give a smaller one.
    public func matches(_ subject: String, steps: Int = SchemaPattern.stepLimit) -> Bool {
        var steps = steps
        return PatternRun(program: program, subject: Array(subject.unicodeScalars), isAnchored: false).matches(from: 0, &steps)
    }
}

/// A class of characters such as `[^a-z\d]`.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: UnicodeScalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    static func one(_ scalar: UnicodeScalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet(ranges: [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    static let lineBreaks = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    /// The ranges without negation, for use inside of another class.
    var positiveRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return gaps
    }
}
