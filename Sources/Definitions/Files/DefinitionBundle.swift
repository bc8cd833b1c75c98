import Documents
import Model

/// Makes one OpenAPI document out of several files that refer to each other.
///
/// What the main file refers to in other files moves into its own tables (`components` in version 3, `definitions` and its neighbours in
/// version 2), each thing once, so that cycles stay cycles and cost nothing. What has no table, such as a path, is copied to its place.
/// References to servers are not followed.
struct DefinitionBundle {
    /// Reads the file of a path; `nil` when there is none.
    typealias FileReader = (_ path: String) throws -> (document: JSONValue, size: Int)?

    private let main: String
    private let read: FileReader
    private let isVersion2: Bool
    /// How many more bytes of files may be copied to their places.
    private var budget: Int
    private var files: [String: (document: JSONValue, size: Int)] = [:]
    /// Names that are given in a table.
    private var taken: [DefinitionPart: Set<String>] = [:]
    private var names: [Target: String] = [:]
    private var waiting: [(target: Target, name: String)] = []

    /// Something in another file that the document needs.
    private struct Target: Hashable {
        var file: String
        var pointer: JSONPointer
        var part: DefinitionPart
    }

    /// Copies of files within each other beyond this are a cycle.
    private static let maximumDepth = 20

    /// The whole document. `document` is the content of the file `main`; at most `maximumSize` bytes of other files are copied to their
    /// places. Throws 900754 for references that lead nowhere.
    static func bundle(
        _ document: JSONValue, main: String, maximumSize: Int, read: @escaping FileReader
    ) throws -> JSONValue {
        var bundle = DefinitionBundle(
            main: main, read: read, isVersion2: document["swagger"] != nil, budget: maximumSize)
        bundle.files[main] = (document, 0)
        return try bundle.bundled(document)
    }

    private init(main: String, read: @escaping FileReader, isVersion2: Bool, budget: Int) {
        self.main = main
        self.read = read
        self.isVersion2 = isVersion2
        self.budget = budget
    }

    private mutating func bundled(_ document: JSONValue) throws -> JSONValue {
        for part in DefinitionPart.allCases {
            guard let table = part.table(isVersion2: isVersion2), let members = document[table] else { continue }
            taken[part] = Set(try tableMembers(members).names)
        }
        var result = try copied(document, of: .root, isTable: false, from: main, depth: 0)
        while let (target, name) = waiting.popLast() {
            guard let table = target.part.table(isVersion2: isVersion2) else { continue }
            let content = try copied(value(of: target), of: target.part, isTable: false, from: target.file, depth: 0)
            result.set(content, at: table.appending(name))
        }
        return result
    }

    /// The members of a table, which may itself lie in another file.
    private mutating func tableMembers(_ value: JSONValue) throws -> JSONObject {
        guard let reference = value["$ref"]?.string, value.object?.count == 1 else { return value.object ?? JSONObject() }
        guard let (file, pointer) = try place(of: reference, from: main), file != main else { return JSONObject() }
        return try self.value(of: Target(file: file, pointer: pointer, part: .root)).object ?? JSONObject()
    }

    // MARK: Copying

    /// `value` with references that hold in the bundled document. `isTable` says that the author named the members.
    private mutating func copied(
        _ value: JSONValue, of part: DefinitionPart, isTable: Bool, from file: String, depth: Int
    ) throws -> JSONValue {
        switch value {
        case .array(let elements):
            return .array(try elements.map { try copied($0, of: part, isTable: isTable, from: file, depth: depth) })
        case .object(let members):
            if let reference = members["$ref"]?.string, !isTable || members.count == 1 {
                return try followed(reference, members, of: part, isTable: isTable, from: file, depth: depth)
            }
            var copy = JSONObject()
            for (name, member) in members {
                copy[name] = try copiedMember(name, member, of: part, isTable: isTable, from: file, depth: depth)
            }
            return .object(copy)
        default: return value
        }
    }

    private mutating func copiedMember(
        _ name: String, _ member: JSONValue, of part: DefinitionPart, isTable: Bool, from file: String, depth: Int
    ) throws -> JSONValue {
        if isTable { return try copied(member, of: part, isTable: false, from: file, depth: depth) }
        if part == .discriminator, name == "mapping" { return try copiedMapping(member, from: file) }
        guard let child = part.child(name, isVersion2: isVersion2) else { return member }
        return try copied(member, of: child.part, isTable: child.isTable, from: file, depth: depth)
    }

    /// The mapping of a discriminator: names of schemas, or references to them.
    private mutating func copiedMapping(_ mapping: JSONValue, from file: String) throws -> JSONValue {
        var copy = JSONObject()
        for (name, value) in mapping.object ?? JSONObject() {
            guard let text = value.string, text.contains(where: { "/.#".contains($0) }) else {
                copy[name] = value
                continue
            }
            copy[name] = try JSONValue(pointer(to: text, of: .schema, from: file) ?? text)
        }
        return .object(copy)
    }

    // MARK: References

    private mutating func followed(
        _ reference: String, _ members: JSONObject, of part: DefinitionPart, isTable: Bool, from file: String, depth: Int
    ) throws -> JSONValue {
        guard !isTable, part.table(isVersion2: isVersion2) != nil else {
            return try inlined(reference, members, of: part, isTable: isTable, from: file, depth: depth)
        }
        var copy = members
        copy["$ref"] = try JSONValue(pointer(to: reference, of: part, from: file) ?? reference)
        return .object(copy)
    }

    /// The content of what has no table, in place of the reference; members beside the reference win.
    private mutating func inlined(
        _ reference: String, _ members: JSONObject, of part: DefinitionPart, isTable: Bool, from file: String, depth: Int
    ) throws -> JSONValue {
        guard let (target, pointer) = try place(of: reference, from: file), !(target == main && file == main) else {
            return .object(members)
        }
        guard depth < Self.maximumDepth else {
            throw CatalogueError.definitionInvalid("the references to '\(reference)' form a cycle")
        }
        let found = try value(of: Target(file: target, pointer: pointer, part: part))
        budget -= files[target]?.size ?? 0
        guard budget >= 0 else {
            throw CatalogueError.definitionInvalid("the files become too large when they are put together")
        }
        var copy = try copied(found, of: part, isTable: isTable, from: target, depth: depth + 1)
        for (name, member) in members where name != "$ref" { copy[name] = member }
        return copy
    }

    /// The reference within the bundled document for one that stands in `file`; `nil` for one to a server.
    private mutating func pointer(to reference: String, of part: DefinitionPart, from file: String) throws -> String? {
        guard let (target, pointer) = try place(of: reference, from: file) else { return nil }
        if target == main { return "#" + pointer.description }
        let key = Target(file: target, pointer: pointer, part: part)
        guard let table = part.table(isVersion2: isVersion2) else { return nil }
        if let name = names[key] { return "#" + table.appending(name).description }
        let name = freeName(for: key)
        names[key] = name
        waiting.append((key, name))
        return "#" + table.appending(name).description
    }

    /// A name like the one that the author gave, not yet used in the table.
    private mutating func freeName(for target: Target) -> String {
        let stem = target.file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
        let given = (target.pointer.tokens.last ?? stem).map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character)) ? character : "_"
        }
        let base = given.isEmpty ? "part" : String(given)
        var name = base
        var number = 2
        while taken[target.part, default: []].contains(name) {
            name = "\(base)_\(number)"
            number += 1
        }
        taken[target.part, default: []].insert(name)
        return name
    }

    /// File and place that a reference means; `nil` for one to a server.
    private func place(of reference: String, from file: String) throws -> (file: String, pointer: JSONPointer)? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, !path.contains("://") else { return nil }
        guard let pointer = JSONPointer(parts.count == 2 ? "#" + parts[1] : "#") else {
            throw CatalogueError.definitionInvalid("\(file) refers to '\(reference)', which is no reference")
        }
        if path.isEmpty { return (file, pointer) }
        guard let target = RelativePath.resolved(String(path), from: file) else {
            throw CatalogueError.definitionInvalid("\(file) refers to '\(reference)', which is not in the archive")
        }
        return (target, pointer)
    }

    private mutating func value(of target: Target) throws -> JSONValue {
        if files[target.file] == nil { files[target.file] = try read(target.file) }
        guard let file = files[target.file] else {
            throw CatalogueError.definitionInvalid("the definition refers to the file '\(target.file)', which is not there")
        }
        guard let value = file.document[target.pointer] else {
            throw CatalogueError.definitionInvalid("the file '\(target.file)' has nothing at '\(target.pointer)'")
        }
        return value
    }
}

extension JSONValue {
    /// Sets a member at a place below objects, which are made where they are missing.
    fileprivate mutating func set(_ value: JSONValue, at pointer: JSONPointer) {
        guard let first = pointer.tokens.first else {
            self = value
            return
        }
        var child = self[first] ?? [:]
        child.set(value, at: JSONPointer(tokens: Array(pointer.tokens.dropFirst())))
        self[first] = child
    }
}
