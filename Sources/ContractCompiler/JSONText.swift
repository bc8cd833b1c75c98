import Yams

/// Writes YAML nodes as compact JSON text, scalars read by the YAML 1.2 core schema.
enum JSONText {
    static func of(_ node: Node) -> String {
        switch node {
        case .mapping(let mapping):
            "{" + mapping.map { quoted($0.key.scalar?.string ?? "") + ":" + of($0.value) }.joined(separator: ",") + "}"
        case .sequence(let sequence): "[" + sequence.map(of).joined(separator: ",") + "]"
        case .scalar(let scalar): scalar.style == .plain ? plain(scalar.string) : quoted(scalar.string)
        case .alias: "null"
        }
    }

    private static func plain(_ text: String) -> String {
        switch text {
        case "", "~", "null": return "null"
        case "true", "false": return text
        default:
            let isNumber = text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
            return isNumber ? text : quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case let control where control.value < 0x20:
                result += "\\u00" + (control.value < 16 ? "0" : "") + String(control.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
