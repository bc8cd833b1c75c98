import Documents

/// A regular expression that is searched in values of requests. Plain text, the common case, is compared as bytes.
struct TextPattern: Sendable {
    private enum Form: Sendable {
        case literal([UInt8])
        case expression(SchemaPattern)
    }

    private let form: Form

    /// Work after which a value counts as not matching: some milliseconds, for event loops must not wait.
    private static let stepLimit = 200_000
    private static let special = Set(#"\^$.|?*+()[]{}"#.utf8)

    /// `nil` for a text that is no pattern.
    init?(_ text: String) {
        if text.utf8.contains(where: Self.special.contains) {
            guard let pattern = try? SchemaPattern(text) else { return nil }
            form = .expression(pattern)
        } else {
            form = .literal(Array(text.utf8))
        }
    }

    /// A text that is searched as it is.
    init(literal text: [UInt8]) { form = .literal(text) }

    func occurs(in value: [UInt8]) -> Bool { value.withUnsafeBytes { occurs(in: $0) } }

    /// Whether the pattern occurs in the value.
    func occurs(in value: UnsafeRawBufferPointer) -> Bool {
        switch form {
        case .literal(let text): Self.contains(value, text)
        case .expression(let pattern): pattern.matches(String(decoding: value, as: UTF8.self), steps: Self.stepLimit)
        }
    }

    private static func contains(_ value: UnsafeRawBufferPointer, _ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard value.count >= text.count else { return false }
        for start in 0...(value.count - text.count) where value[start] == first {
            if Bytes.equal(UnsafeRawBufferPointer(rebasing: value[start..<(start + text.count)]), text) { return true }
        }
        return false
    }
}
