import CPCRE2

/// A Perl-compatible regular expression with bounds on the work of a match, so that no text and no expression can hold up the platform.
public final class RegularExpression: Sendable {
    /// Immutable after compilation, and PCRE2 lets several threads match with one compiled expression, each with match data of its own.
    nonisolated(unsafe) private let code: OpaquePointer

    public enum Outcome: Equatable, Sendable {
        case matches, differs
        /// The match would take too long.
        case tooComplex
    }

    public struct Options: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Without regard to the case of letters.
        public static let caseless = Options(rawValue: UInt32(PCRE2_CASELESS))
        /// The whole text has to match.
        public static let whole = Options(rawValue: UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED))
    }

    /// Steps of one match. A step takes about 10 ns.
    private static let matchLimit: UInt32 = 500_000
    private static let depthLimit: UInt32 = 1_000
    /// Kilobytes of memory that a match may take for going back.
    private static let heapLimit: UInt32 = 4_096
    /// Bytes of an expression.
    private static let longest = 16 * 1024

    /// - Throws: ``RegularExpressionFault`` for what is no expression.
    public init(_ pattern: String, _ options: Options = []) throws(RegularExpressionFault) {
        let bytes = Array(pattern.utf8)
        guard bytes.count <= Self.longest else { throw RegularExpressionFault("it is longer than \(Self.longest) bytes") }
        var error: Int32 = 0
        var offset = 0
        // Texts of clients need not be UTF-8, so what they hold is compared byte by byte.
        let compiled = pcre2_compile_8(
            bytes, bytes.count, options.rawValue | UInt32(PCRE2_NEVER_BACKSLASH_C), &error, &offset, nil)
        guard let compiled else {
            throw RegularExpressionFault("\(Self.message(of: error)) at character \(offset + 1)")
        }
        code = compiled
    }

    deinit { pcre2_code_free_8(code) }

    public func match(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard let data = pcre2_match_data_create_8(1, nil) else { return .tooComplex }
        defer { pcre2_match_data_free_8(data) }
        guard let context = pcre2_match_context_create_8(nil) else { return .tooComplex }
        defer { pcre2_match_context_free_8(context) }
        pcre2_set_match_limit_8(context, Self.matchLimit)
        pcre2_set_depth_limit_8(context, Self.depthLimit)
        pcre2_set_heap_limit_8(context, Self.heapLimit)
        let result =
            if let start = bytes.baseAddress {
                pcre2_match_8(code, start.assumingMemoryBound(to: UInt8.self), bytes.count, 0, 0, data, context)
            } else {
                pcre2_match_8(code, [0], 0, 0, 0, data, context)
            }
        if result >= 0 { return .matches }
        return result == PCRE2_ERROR_NOMATCH ? .differs : .tooComplex
    }

    public func match(_ text: String) -> Outcome {
        var text = text
        return text.withUTF8 { match(UnsafeRawBufferPointer($0)) }
    }

    private static func message(of error: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = pcre2_get_error_message_8(error, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(Int(count)), as: UTF8.self) : "it is wrong"
    }
}

/// Why a text is no regular expression.
public struct RegularExpressionFault: Error, Sendable, Hashable {
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}
