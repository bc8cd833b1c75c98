import Documents

extension DefinitionCheck {
    /// Members that hold examples and values, where `$ref` is no reference.
    private static let valueMembers: Set<String> = ["example", "examples", "default", "enum", "const", "value"]

    /// Walks the whole document. Its depth is limited by the parser, so recursion is safe.
    mutating func checkReferences() {
        var path: [String] = []
        var known: Set<String> = []
        walk(document, &path, &known, isTable: false)
    }

    /// - Parameters:
    ///   - known: references that have been followed to a good end.
    ///   - isTable: the members are named by the author (`properties`, `schemas` …), so no name has a meaning.
    private mutating func walk(_ value: JSONValue, _ path: inout [String], _ known: inout Set<String>, isTable: Bool) {
        switch value {
        case .object(let object):
            if !isTable, let reference = object["$ref"]?.string { check(reference, path, &known) }
            for (name, member) in object where isTable || !(Self.valueMembers.contains(name) || name.hasPrefix("x-")) {
                path.append(name)
                walk(member, &path, &known, isTable: !isTable && Self.isTable(name, under: path))
                path.removeLast()
            }
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                path.append(String(position))
                walk(element, &path, &known, isTable: false)
                path.removeLast()
            }
        default: break
        }
    }

    private static func isTable(_ name: String, under path: [String]) -> Bool {
        switch name {
        case "properties", "patternProperties", "$defs", "dependentSchemas": true
        case "definitions", "paths": path.count == 1
        default: path.count == 2 && path[0] == "components"
        }
    }

    private mutating func check(_ reference: String, _ path: [String], _ known: inout Set<String>) {
        guard !known.contains(reference) else { return }
        if reference.hasPrefix("http://") || reference.hasPrefix("https://") { return }
        guard reference.hasPrefix("#") else {
            report(path, "refers to the file '\(reference)', which is not part of the definition")
            return
        }
        var seen: Set<String> = []
        var next = reference
        while seen.insert(next).inserted {
            guard let pointer = JSONPointer(next), let target = document[pointer] else {
                report(path, "refers to '\(next)', which is not in the definition")
                return
            }
            guard let further = target["$ref"]?.string, further.hasPrefix("#") else {
                known.formUnion(seen)
                return
            }
            next = further
        }
        report(path, "refers to '\(reference)', which leads back to itself")
    }
}
