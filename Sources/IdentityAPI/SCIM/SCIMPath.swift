import Documents

/// The attribute that an operation is about (RFC 7644 §3.5.2): `[urn:]name[filter].sub`.
struct SCIMPath {
    /// Names from the resource down, without the part behind a filter.
    var steps: [String]
    var filter: SCIMFilter?
    /// The member of each element that the filter chose.
    var subattribute: String?

    private static let core = ["urn:ietf:params:scim:schemas:core:2.0:User:", "urn:ietf:params:scim:schemas:core:2.0:Group:"]
    private static let extensions = [
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:scim:wso2:schema",
        "urn:scim:schemas:extension:custom:User", "urn:ietf:params:scim:schemas:extension:2.0:Role",
    ]

    init(_ text: String) throws {
        guard let open = text.firstIndex(of: "[") else {
            steps = Self.steps(text)
            guard !steps.isEmpty else { throw SCIMError.invalidPath("The path is empty") }
            return
        }
        guard let close = text.lastIndex(of: "]"), open < close else { throw SCIMError.invalidPath("A bracket is not closed") }
        steps = Self.steps(String(text[..<open]))
        filter = try SCIMFilter(String(text[text.index(after: open)..<close]))
        let rest = text[text.index(after: close)...]
        guard rest.isEmpty || rest.first == ".", !steps.isEmpty else { throw SCIMError.invalidPath("Malformed path \(text)") }
        subattribute = rest.isEmpty ? nil : String(rest.dropFirst())
    }

    /// Splits a path without filter; a schema URN is one step although it may hold dots.
    static func steps(_ path: String) -> [String] {
        for prefix in core where path.lowercased().hasPrefix(prefix.lowercased()) {
            return steps(String(path.dropFirst(prefix.count)))
        }
        guard path.lowercased().hasPrefix("urn:") else { return path.split(separator: ".").map(String.init) }
        let known = extensions.first { path.lowercased().hasPrefix($0.lowercased()) }
        let length = known?.count ?? path.lastIndex(of: ":").map { path.distance(from: path.startIndex, to: $0) } ?? 0
        let rest = path.dropFirst(length)
        return [String(path.prefix(length))] + rest.drop { $0 == ":" || $0 == "." }.split(separator: ".").map(String.init)
    }
}

extension JSONValue {
    /// A member whose name is written as in the document, whatever the case of `name` (RFC 7643 §2.1).
    func member(_ name: String) -> (name: String, value: JSONValue)? {
        guard let object else { return nil }
        if let value = object[name] { return (name, value) }
        return object.first { $0.name.lowercased() == name.lowercased() }
    }
}
