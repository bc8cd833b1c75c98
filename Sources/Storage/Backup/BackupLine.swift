import Documents
import FoundationEssentials

/// The lines of a backup (`docs/backup.md`): a head, then for each table its name and columns followed by its rows, then the end.
enum BackupLine: Equatable {
    case head(Head)
    case table(BackupTable)
    case row([SQLValue])
    case end(rows: Int, sum: String)

    /// What the first line says.
    struct Head: Equatable, Sendable {
        /// Numbers of the migrations that had been applied.
        var schema: [Int]
        /// Tells which key the secrets are sealed with; `nil` when there was no vault yet.
        var vaultFingerprint: String?
        /// Milliseconds since 1970-01-01T00:00:00Z.
        var takenAt: Int64
    }

    static let format = "martlet-backup"
    /// Grows when older programs could not read the format any more.
    static let version = 1

    /// The line with its line feed.
    var bytes: [UInt8] { json.serialized() + [UInt8(ascii: "\n")] }

    private var json: JSONValue {
        switch self {
        case .head(let head):
            [
                "format": JSONValue(Self.format), "version": JSONValue(Self.version), "takenAt": JSONValue(head.takenAt),
                "schema": .array(head.schema.map { JSONValue($0) }), "vaultKey": JSONValue(head.vaultFingerprint),
            ]
        case .table(let table): ["table": JSONValue(table.name), "columns": JSONValue(table.columns)]
        case .row(let values): .array(values.map(Self.json))
        case .end(let rows, let sum): ["rows": JSONValue(rows), "sha256": JSONValue(sum)]
        }
    }

    private static func json(_ value: SQLValue) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let integer): JSONValue(integer)
        case .text(let text): JSONValue(text)
        case .blob(let bytes): ["base64": JSONValue(Data(bytes).base64EncodedString())]
        }
    }
}

extension BackupLine {
    /// Reads a line; `nil` when it is none of the kinds.
    init?(_ bytes: ArraySlice<UInt8>) {
        let limits = JSONLimits(depth: 4, size: bytes.count + 1)
        guard let json = try? JSONValue.parse(bytes, limits: limits) else { return nil }
        if let values = json.array {
            self.init(row: values)
        } else if json["format"]?.string == Self.format {
            self.init(head: json)
        } else if let table = json["table"]?.string, let columns = json["columns"]?.strings {
            self = .table(BackupTable(name: table, columns: columns))
        } else if let rows = json["rows"]?.int, let sum = json["sha256"]?.string {
            self = .end(rows: rows, sum: sum)
        } else {
            return nil
        }
    }

    private init?(head json: JSONValue) {
        guard json["version"]?.int == Self.version, let schema = json["schema"]?.array?.compactMap(\.int),
            let takenAt = json["takenAt"]?.int
        else { return nil }
        self = .head(Head(schema: schema, vaultFingerprint: json["vaultKey"]?.string, takenAt: Int64(takenAt)))
    }

    private init?(row values: [JSONValue]) {
        let read = values.compactMap(Self.value)
        guard read.count == values.count else { return nil }
        self = .row(read)
    }

    private static func value(_ json: JSONValue) -> SQLValue? {
        switch json {
        case .null: .null
        case .string(let text): .text(text)
        case .number(let number): number.int.map { .integer(Int64($0)) }
        case .object(let object):
            (object["base64"]?.string).flatMap { Data(base64Encoded: $0) }.map { .blob([UInt8]($0)) }
        case .bool, .array: nil
        }
    }
}
