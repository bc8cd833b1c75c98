import Documents

/// JSON as XML. An object without name is `jsonObject`, an array without name `jsonArray` with `jsonElement`s; an array that is a member
/// becomes as many elements of its name.
enum XMLForm {
    static func text(ofJSON bytes: [UInt8]) throws(ConversionFailure) -> [UInt8] {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { throw ConversionFailure(reason: "The body is no JSON: \(error)") }
        var output = ""
        if case .array(let elements) = value {
            output += "<jsonArray><?xml-multiple jsonElement?>"
            for element in elements { append(element, named: "jsonElement", to: &output) }
            output += "</jsonArray>"
        } else {
            append(value, named: "jsonObject", to: &output)
        }
        return Array(output.utf8)
    }

    private static func append(_ value: JSONValue, named name: String, to output: inout String) {
        if value.isNull {
            output += "<\(name)/>"
            return
        }
        output += "<\(name)>"
        switch value {
        case .null: break
        case .bool(let bool): output += bool ? "true" : "false"
        case .number(let number): output += number.text
        case .string(let text): appendText(text, to: &output)
        case .array(let elements):
            output += "<?xml-multiple jsonElement?>"
            for element in elements { append(element, named: "jsonElement", to: &output) }
        case .object(let members): for (name, member) in members { append(member, ofMember: name, to: &output) }
        }
        output += "</\(name)>"
    }

    private static func append(_ value: JSONValue, ofMember member: String, to output: inout String) {
        let name = ElementName.encoded(member)
        guard case .array(let elements) = value else { return append(value, named: name, to: &output) }
        output += "<?xml-multiple \(name)?>"
        for element in elements { append(element, named: name, to: &output) }
    }

    /// Characters that XML 1.0 does not allow have no form in it.
    private static func appendText(_ text: String, to output: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\r": output += "&#xD;"
            case "\t", "\n": output.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
    }
}

/// Names of members as names of elements, and back. What no element may be called is spelled out, so that the way back leads to the same name.
enum ElementName {
    private static let digitMark = "_JsonReader_PD_"
    private static let dollarMark = "_JsonReader_PS_"
    private static let mark = "_JsonReader_"

    static func encoded(_ name: String) -> String {
        guard let first = name.unicodeScalars.first else { return mark }
        var rest = name[...]
        var output = ""
        if first.properties.numericType == .decimal {
            output = digitMark
        } else if first == "$" {
            output = dollarMark
            rest.removeFirst()
        } else if first == "-" || first == "." {
            output = mark + "\(first.value)_"
            rest = rest.dropFirst()
        }
        for scalar in rest.unicodeScalars {
            if isNameCharacter(scalar) { output.unicodeScalars.append(scalar) } else { output += mark + "\(scalar.value)_" }
        }
        return output
    }

    static func decoded(_ name: String) -> String {
        guard name.contains(mark) else { return name }
        var rest = name[...]
        var output = ""
        if rest.hasPrefix(digitMark) { rest = rest.dropFirst(digitMark.count) }
        if rest.hasPrefix(dollarMark) {
            rest = rest.dropFirst(dollarMark.count)
            output = "$"
        }
        while let place = rest.firstRange(of: mark) {
            output += rest[..<place.lowerBound]
            let digits = rest[place.upperBound...].prefix { $0.isASCII && $0.isNumber }
            rest = rest[place.upperBound...].dropFirst(digits.count)
            if rest.first == "_" { rest.removeFirst() }
            if let code = UInt32(digits), let scalar = Unicode.Scalar(code) { output.unicodeScalars.append(scalar) }
        }
        return output + rest
    }

    /// XML 1.0 §2.3, without the colon.
    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0xB7, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x37D,
            0x37F...0x1FFF, 0x200C...0x200D, 0x203F...0x2040, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF,
            0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x10000...0xEFFFF:
            true
        default: false
        }
    }
}
