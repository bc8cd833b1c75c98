import Documents
import Model

/// Finds the fixed answers among the tokens of a mock script.
struct MockScriptReader {
    private let tokens: [MockScriptToken]

    init(_ tokens: [MockScriptToken]) { self.tokens = tokens }

    /// Every `responses[<status>]["<media type>"] = <value>;` in order.
    func assignments() throws(MockScript.Refusal) -> [GatewayMock.Response] {
        var found: [GatewayMock.Response] = []
        for index in tokens.indices where tokens[index] == .word("responses") {
            guard let (status, mediaType, start) = place(after: index) else { continue }
            var position = start
            found.append(
                GatewayMock.Response(status: status, mediaType: mediaType, body: try body(at: &position)))
            try expectEnd(at: position)
        }
        return found
    }

    /// The one answer of a script without a table: `setProperty` of status and type, and a payload.
    func fixedAnswer() throws(MockScript.Refusal) -> GatewayMock.Response {
        var response = GatewayMock.Response(status: 200, mediaType: "application/json", body: "")
        var hasPayload = false
        for index in tokens.indices {
            guard case .word(let word) = tokens[index], token(index + 1) == .sign("(") else { continue }
            switch word {
            case "setProperty": try setProperty(at: index, of: &response)
            case "setPayloadJSON", "setPayloadXML":
                if word == "setPayloadXML" { response.mediaType = "application/xml" }
                var position = index + 2
                response.body = try body(at: &position)
                try expect(")", at: &position)
                hasPayload = true
            default: throw MockScript.Refusal(reason: "the script chooses between answers in a way that is not known")
            }
        }
        guard hasPayload else { throw MockScript.Refusal(reason: "the script gives no answer") }
        return response
    }

    private func setProperty(at index: Int, of response: inout GatewayMock.Response) throws(MockScript.Refusal) {
        guard case .string(let name) = token(index + 2), token(index + 3) == .sign(",") else {
            throw MockScript.Refusal(reason: "the script sets a property whose name is not fixed")
        }
        switch (name, token(index + 4)) {
        case ("CONTENT_TYPE", .string(let type)): response.mediaType = type
        case ("HTTP_SC", .string(let text)): response.status = try checked(Int(text))
        case ("HTTP_SC", .number(let text)): response.status = try checked(Int(text))
        default: throw MockScript.Refusal(reason: "the script sets the property '\(name)' to something that is not fixed")
        }
    }

    private func checked(_ status: Int?) throws(MockScript.Refusal) -> Int {
        guard let status, (200...599).contains(status) else {
            throw MockScript.Refusal(reason: "the script answers with a status that is none")
        }
        return status
    }

    private func token(_ index: Int) -> MockScriptToken? { tokens.indices.contains(index) ? tokens[index] : nil }

    /// Status, media type and the place of the value behind `responses`; `nil` when this is no assignment of an answer.
    private func place(after index: Int) -> (status: Int, mediaType: String, start: Int)? {
        guard token(index + 1) == .sign("["), case .number(let text) = token(index + 2), token(index + 3) == .sign("]"),
            token(index + 4) == .sign("["), case .string(let mediaType) = token(index + 5), token(index + 6) == .sign("]"),
            token(index + 7) == .sign("="), token(index + 8) != .sign("="), let status = Int(text),
            (200...599).contains(status)
        else { return nil }
        return (status, mediaType, index + 8)
    }

    /// The literal at `position`: a string is the body itself, anything else its JSON form.
    private func body(at position: inout Int) throws(MockScript.Refusal) -> String {
        let value = try literal(at: &position, depth: 0)
        return value.string ?? value.text
    }

    private func literal(at position: inout Int, depth: Int) throws(MockScript.Refusal) -> JSONValue {
        guard depth < 50 else { throw MockScript.Refusal(reason: "an answer is nested too deep") }
        let first = token(position)
        position += 1
        switch first {
        case .string(let text): return JSONValue(text)
        case .number(let text): return try Self.number(text)
        case .word("true"): return true
        case .word("false"): return false
        case .word("null"): return .null
        case .sign("-"):
            guard case .number(let text) = token(position) else { break }
            position += 1
            return try Self.number("-" + text)
        case .sign("["): return try array(at: &position, depth: depth)
        case .sign("{"): return try object(at: &position, depth: depth)
        default: break
        }
        throw MockScript.Refusal(reason: "an answer of the script is not a fixed value")
    }

    private static func number(_ text: String) throws(MockScript.Refusal) -> JSONValue {
        guard let value = try? JSONValue.parse(text), value.number != nil else {
            throw MockScript.Refusal(reason: "'\(text)' is not a number of JSON")
        }
        return value
    }

    private func array(at position: inout Int, depth: Int) throws(MockScript.Refusal) -> JSONValue {
        var elements: [JSONValue] = []
        while token(position) != .sign("]") {
            elements.append(try literal(at: &position, depth: depth + 1))
            if token(position) == .sign(",") { position += 1 } else { break }
        }
        try expect("]", at: &position)
        return .array(elements)
    }

    private func object(at position: inout Int, depth: Int) throws(MockScript.Refusal) -> JSONValue {
        var members = JSONObject()
        loop: while token(position) != .sign("}") {
            switch token(position) {
            case .string(let name), .word(let name):
                position += 1
                try expect(":", at: &position)
                members[name] = try literal(at: &position, depth: depth + 1)
            default: break loop
            }
            if token(position) == .sign(",") { position += 1 } else { break }
        }
        try expect("}", at: &position)
        return .object(members)
    }

    /// What follows a value must not change it.
    private func expectEnd(at position: Int) throws(MockScript.Refusal) {
        if case .sign(let sign) = token(position), sign != ";", sign != "}" {
            throw MockScript.Refusal(reason: "an answer of the script is not a fixed value")
        }
    }

    private func expect(_ sign: Character, at position: inout Int) throws(MockScript.Refusal) {
        guard token(position) == .sign(sign) else { throw MockScript.Refusal(reason: "an answer of the script is not closed") }
        position += 1
    }
}
