import Documents

/// The page `docs/configuration.md`, made of ``SettingsTable``; a test keeps the file equal to it.
public enum SettingsPage {
    public static var markdown: String {
        let rows = SettingsTable.all.map { setting in
            "| `\(setting.path)` | \(setting.isSecret ? "" : "`\(setting.defaultJSON.text)`") | \(setting.documentation) |"
        }
        return """
            # Configuration

            `martlet serve` reads `deployment.toml` in the data directory, or the file of `--config`. Every key has a default; the first
            start writes a file with the administrator's password. `martlet config check` says what is wrong with a file,
            `martlet config show` prints what is in force.

            A text may hold `$env{NAME}`, the value of an environment variable, and `$ref{table.key}`, the value of another key. The
            environment variable `MARTLET_TABLE_KEY` (the key in upper case, dots as underscores) overrides the file. A key that is not
            known is a warning with the nearest known one; a wrong value stops the start.

            | Key | Default | What it does |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}
