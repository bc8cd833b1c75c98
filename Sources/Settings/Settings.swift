import Documents

/// The settings in force: the configuration file over the defaults, the environment over the file.
public struct Settings: Sendable {
    private var values: [String: JSONValue]
    /// Keys of the file that the platform does not know, each as a sentence.
    public private(set) var warnings: [String]

    /// All defaults.
    public init() {
        values = [:]
        warnings = []
    }

    public subscript<Value: SettingValue>(_ setting: Setting<Value>) -> Value {
        values[setting.path].flatMap(Value.init(setting:)) ?? setting.defaultValue
    }

    /// Reads the text of a `deployment.toml`.
    ///
    /// `$env{NAME}` in a text is replaced by the environment's value, `$ref{table.key}` by another key's. A variable
    /// `MARTLET_TABLE_KEY` (the path in upper case, dots as underscores) overrides the file.
    public init(text: String, file: String, environment: [String: String]) throws(SettingsError) {
        let document: JSONValue
        do { document = try TOMLDocument.parse(text) } catch {
            throw SettingsError.unreadable(file: file, reason: error.description)
        }
        let written = Self.flatten(document)
        let known = Dictionary(uniqueKeysWithValues: SettingsTable.all.map { ($0.path, $0) })
        values = [:]
        warnings = []
        for (path, value) in written {
            guard let setting = known[path] else {
                warnings.append(Self.unknown(path, file: file))
                continue
            }
            let resolved = try References(values: written, environment: environment, file: file).resolve(value, at: path)
            guard let canonical = setting.canonical(resolved) else {
                throw SettingsError.wrongValue(file: file, setting: setting)
            }
            values[path] = canonical
        }
        try override(with: environment)
    }

    private mutating func override(with environment: [String: String]) throws(SettingsError) {
        for setting in SettingsTable.all {
            let name = Self.variable(for: setting.path)
            guard let text = environment[name] else { continue }
            guard let canonical = setting.canonical(.string(text)) else {
                throw SettingsError.wrongValue(file: "The environment variable \(name)", setting: setting)
            }
            values[setting.path] = canonical
        }
    }

    /// `MARTLET_SERVER_HOSTNAME` for `server.hostname`.
    public static func variable(for path: String) -> String {
        "MARTLET_" + String(path.uppercased().map { $0 == "." ? "_" : $0 })
    }

    /// Paths and values of the leaves; an array of tables is one leaf.
    private static func flatten(_ document: JSONValue, under prefix: String = "") -> [(path: String, value: JSONValue)] {
        guard let object = document.object else { return [] }
        return object.flatMap { name, value in
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            return value.object == nil ? [(path, value)] : flatten(value, under: path)
        }
    }

    private static func unknown(_ path: String, file: String) -> String {
        let nearest = SettingsTable.all.map(\.path).min { EditDistance.between($0, path) < EditDistance.between($1, path) }
        let suggestion = nearest.flatMap { EditDistance.between($0, path) <= max(3, path.count / 4) ? " Is \($0) meant?" : nil }
        return "\(file): the key \(path) is not known and has no effect.\(suggestion ?? "")"
    }
}

extension Settings {
    /// `path = value` lines of everything that is in force, secrets hidden, marked where they differ from the default.
    public var listing: String {
        SettingsTable.all.map { setting in
            let value = values[setting.path] ?? setting.defaultJSON
            let shown = setting.isSecret && value != "" ? "(hidden)" : value.text
            return "\(setting.path) = \(shown)" + (values[setting.path] == nil ? "" : "   # set")
        }.joined(separator: "\n")
    }
}
