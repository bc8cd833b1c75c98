/// A media type with parameters (RFC 9110 §8.3.1).
struct MediaType {
    let text: String
    /// Lower case, without parameters.
    let essence: String
    private let parameters: [String: String]

    init(_ text: String) {
        self.text = text
        let parts = Self.split(text)
        essence = parts[0].lowercased()
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            parameters[pair[0].lowercased()] = Self.unquoted(String(pair[1]))
        }
        self.parameters = parameters
    }

    var isJSON: Bool { essence == "application/json" || essence.hasSuffix("+json") }

    func parameter(_ name: String) -> String? { parameters[name] }

    /// Whether a contract that lists `type` takes this one. JSON may come with a structured suffix.
    func fits(_ type: String) -> Bool { type == "*/*" || type == essence || type == "application/json" && isJSON }

    /// The pieces between semicolons outside of quotes, without blanks around.
    static func split(_ text: String) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == ";" && !isQuoted {
                pieces.append("")
                continue
            }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && isQuoted && !isEscaped
            pieces[pieces.count - 1].append(character)
        }
        return pieces.map { piece in
            var piece = piece.drop { $0 == " " || $0 == "\t" }
            while let last = piece.last, last == " " || last == "\t" { piece = piece.dropLast() }
            return String(piece)
        }
    }

    /// A token, or the content of a quoted string.
    static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
