import Documents

/// Replaces `$env{NAME}` and `$ref{table.key}` in texts.
struct References {
    let values: [(path: String, value: JSONValue)]
    let environment: [String: String]
    let file: String

    func resolve(_ value: JSONValue, at path: String) throws(SettingsError) -> JSONValue {
        switch value {
        case .string(let text): return try .string(resolve(text, at: path, depth: 0))
        case .array(let elements):
            var resolved: [JSONValue] = []
            for element in elements { resolved.append(try resolve(element, at: path)) }
            return .array(resolved)
        default: return value
        }
    }

    private func resolve(_ text: String, at path: String, depth: Int) throws(SettingsError) -> String {
        // Deep enough for any real file; a reference that leads back to itself ends here.
        guard depth < 10 else { throw SettingsError.unresolved(file: file, path: path, reference: text) }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "$") {
            result += rest[..<start]
            rest = rest[start...]
            guard let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}"),
                ["$env", "$ref"].contains(rest[..<open])
            else {
                result.append(rest.removeFirst())
                continue
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard let found = rest.hasPrefix("$env") ? environment[name] : referenced(name) else {
                throw SettingsError.unresolved(file: file, path: path, reference: String(rest[...close]))
            }
            result += rest.hasPrefix("$ref") ? try resolve(found, at: path, depth: depth + 1) : found
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private func referenced(_ path: String) -> String? {
        guard let value = values.first(where: { $0.path == path })?.value else { return nil }
        return value.string ?? value.text
    }
}
