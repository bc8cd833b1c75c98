import Settings
import Storage

/// The database that the settings choose.
struct Database: Sendable {
    var settings: Settings
    /// The data directory, in which SQLite has its file.
    var directory: String
    /// Who learns of its statements.
    var statements: StatementWatch?

    func open() async throws -> any SQLStore {
        try await usesPostgreSQL
            ? postgreSQL() : SQLiteStore(path: DataDirectory.databasePath(in: directory), statements: statements)
    }

    /// For commands that read beside a running platform, which holds the lock of the data directory.
    func openForReading() async throws -> any SQLStore {
        guard !usesPostgreSQL else { return try await postgreSQL() }
        let path = DataDirectory.databasePath(in: directory)
        do {
            return try SQLiteStore(reading: path)
        } catch {
            throw StartProblem("There is no readable database \(path). Name the directory of an installation with --data.")
        }
    }

    private var usesPostgreSQL: Bool { settings[SettingsTable.databaseType] == "postgresql" }

    private func postgreSQL() async throws -> any SQLStore {
        let url = settings[SettingsTable.databaseURL]
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw StartProblem("database.apim_db.url has to be like postgresql://host:5432/database.")
        }
        return try await PostgreSQLStore(
            connection: url + credentials(hasParameters: url.contains("?")),
            connections: settings[SettingsTable.databaseConnections], statements: statements)
    }

    /// The database as logs name it: without user, password and parameters.
    var name: String {
        guard usesPostgreSQL else { return "sqlite" }
        let url = settings[SettingsTable.databaseURL].prefix { $0 != "?" }
        guard let scheme = url.firstRange(of: "://") else { return "postgresql" }
        let rest = url[scheme.upperBound...]
        return "postgresql://" + (rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest)
    }

    /// User and password as parameters of the connection's URL, so that they need not stand in it.
    private func credentials(hasParameters: Bool) -> String {
        let values = [
            ("user", settings[SettingsTable.databaseUsername]), ("password", settings[SettingsTable.databasePassword]),
        ]
        let parameters = values.filter { !$0.1.isEmpty }.map { "\($0)=\(Self.percentEncoded($1))" }
        return parameters.isEmpty ? "" : (hasParameters ? "&" : "?") + parameters.joined(separator: "&")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
