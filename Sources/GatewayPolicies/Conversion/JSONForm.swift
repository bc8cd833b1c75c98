import Documents

/// XML as JSON: elements become members, repeated ones arrays, attributes members with `@` before their name, and text that reads as a number
/// or a boolean becomes one. `jsonObject` and `jsonArray` as root, which ``XMLForm`` makes, are left out again.
enum JSONForm {
    static func text(ofXML bytes: [UInt8]) throws(ConversionFailure) -> [UInt8] {
        Array(try value(ofXML: bytes).text.utf8)
    }

    static func value(ofXML bytes: [UInt8]) throws(ConversionFailure) -> JSONValue {
        let root: XMLElement
        do throws(XMLParser.Failure) { root = try XMLParser.tree(bytes) } catch {
            throw ConversionFailure(reason: "The body is no XML: \(Self.reason(error))")
        }
        if root.name == "jsonArray" { return .array(root.children.map(value)) }
        let content = value(of: root)
        return root.name == "jsonObject" ? content : .object(JSONObject([(ElementName.decoded(root.name), content)]))
    }

    static func reason(_ failure: XMLParser.Failure) -> String {
        switch failure {
        case .documentType: "a document type declaration is not allowed"
        case .stopped: "it was not read to its end"
        case .malformed(let message): message
        }
    }

    private static func value(of element: XMLElement) -> JSONValue {
        let text = element.text.trimmingBlanks()
        if element.children.isEmpty, element.attributes.isEmpty {
            return text.isEmpty ? .null : primitive(element.text.allSatisfy(\.isWhitespace) ? "" : text)
        }
        if !element.children.isEmpty, element.attributes.isEmpty, element.children.allSatisfy({ $0.name == "jsonElement" }) {
            return .array(element.children.map(value))
        }
        var members = JSONObject(
            element.attributes.map { ("@" + ElementName.decoded($0.name), JSONValue($0.value)) })
        for child in element.children { add(value(of: child), named: ElementName.decoded(child.name), to: &members) }
        if !text.isEmpty { members["$"] = primitive(text) }
        return .object(members)
    }

    private static func add(_ value: JSONValue, named name: String, to members: inout JSONObject) {
        switch members[name] {
        case nil: members[name] = value
        case .array(let values)?: members[name] = .array(values + [value])
        case let first?: members[name] = .array([first, value])
        }
    }

    /// Only what JSON writes in the same way, so that `007` and `1e400` stay texts.
    private static func primitive(_ text: String) -> JSONValue {
        switch text {
        case "true": return true
        case "false": return false
        default: break
        }
        guard let first = text.utf8.first, first == 0x2D || (0x30...0x39).contains(first),
            let value = try? JSONValue.parse(text), value.double?.isFinite == true
        else { return JSONValue(text) }
        return value
    }
}

extension String {
    func trimmingBlanks() -> String {
        var text = self[...]
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
