/// Turns portable SQL into PostgreSQL's; the only place where the two differ.
///
/// - `?` becomes `$1`, `$2`, …; a null argument becomes the word `NULL`, because a parameter without a value has no type either.
/// - Text parameters carry the collation "C", so that `lower(?)` changes ASCII letters only, as it does in the columns and in SQLite.
/// - `INTEGER` is `BIGINT`, `BLOB` is `BYTEA`, and in statements that define tables `TEXT` is `TEXT COLLATE "C"`.
///
/// String literals, quoted identifiers and comments stay as they are.
struct PostgreSQLDialect {
    /// What decides about the translation of a placeholder.
    enum Parameter: UInt8, Hashable {
        case null, integer, text, blob

        init(_ value: SQLValue) {
            self =
                switch value {
                case .null: .null
                case .integer: .integer
                case .text: .text
                case .blob: .blob
                }
        }

        /// The object id of the parameter's type in `pg_type`.
        var type: UInt32 {
            switch self {
            case .null: 0
            case .integer: 20
            case .text: 25
            case .blob: 17
            }
        }
    }

    private let source: [UInt8]
    private let parameters: [Parameter]
    private let definesTables: Bool
    private var position = 0
    private var placeholders = 0
    private var numbered = 0
    private var output: [UInt8] = []

    private init(_ sql: String, _ parameters: [Parameter]) {
        source = Array(sql.utf8)
        self.parameters = parameters
        let start = sql.drop { $0.isWhitespace }
        definesTables = start.hasPrefix("CREATE") || start.hasPrefix("ALTER")
    }

    /// Throws when the number of placeholders is not that of the parameters.
    static func translate(_ sql: String, _ parameters: [Parameter]) throws -> String {
        var dialect = PostgreSQLDialect(sql, parameters)
        try dialect.run()
        return String(decoding: dialect.output, as: UTF8.self)
    }

    private mutating func run() throws {
        output.reserveCapacity(source.count + 16 * parameters.count)
        while position < source.count {
            switch source[position] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): copyQuoted()
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"): copy(through: [0x0a])
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"): copy(through: Array("*/".utf8))
            case UInt8(ascii: "?"): try writePlaceholder()
            case let byte where Self.isWord(byte): writeWord()
            case let byte:
                output.append(byte)
                position += 1
            }
        }
        guard placeholders == parameters.count else { throw miscounted() }
    }

    private var next: UInt8? { position + 1 < source.count ? source[position + 1] : nil }

    /// A doubled quote ends one literal and begins another, which comes to the same.
    private mutating func copyQuoted() {
        let quote = source[position]
        output.append(quote)
        position += 1
        copy(through: [quote])
    }

    private mutating func copy(through end: [UInt8]) {
        let start = position
        while position < source.count {
            position += 1
            if position - start >= end.count, source[(position - end.count)..<position].elementsEqual(end) { break }
        }
        output += source[start..<position]
    }

    private mutating func writePlaceholder() throws {
        guard placeholders < parameters.count else { throw miscounted() }
        let parameter = parameters[placeholders]
        placeholders += 1
        position += 1
        if parameter == .null {
            output += "NULL".utf8
            return
        }
        numbered += 1
        output += (parameter == .text ? "($\(numbered) COLLATE \"C\")" : "$\(numbered)").utf8
    }

    private mutating func writeWord() {
        let start = position
        while position < source.count, Self.isWord(source[position]) { position += 1 }
        let word = source[start..<position]
        if word.elementsEqual("INTEGER".utf8) {
            output += "BIGINT".utf8
        } else if word.elementsEqual("BLOB".utf8) {
            output += "BYTEA".utf8
        } else if definesTables, word.elementsEqual("TEXT".utf8) {
            output += "TEXT COLLATE \"C\"".utf8
        } else {
            output += word
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private func miscounted() -> StorageError {
        .database(message: "\(parameters.count) arguments were given for another number of placeholders")
    }
}
