import Documents

/// The operations of a PATCH (RFC 7644 §3.5.2) on a resource's JSON form.
struct SCIMPatch {
    private enum Verb: String {
        case add, remove, replace
    }

    private struct Operation {
        var verb: Verb
        var path: String?
        var value: JSONValue?
    }

    private var operations: [Operation]

    init(_ body: JSONObject) throws {
        let list = JSONValue.object(body).member("Operations")?.value.array
        guard let list, !list.isEmpty else { throw SCIMError.invalidSyntax("Operations must be a list") }
        operations = try list.map { item in
            guard let verb = (item["op"]?.string?.lowercased()).flatMap(Verb.init) else {
                throw SCIMError.invalidSyntax("op must be add, remove or replace")
            }
            return Operation(verb: verb, path: item["path"]?.string, value: item["value"])
        }
    }

    func applied(to resource: JSONValue) throws -> JSONValue {
        var resource = resource
        for operation in operations { try Self.apply(operation, to: &resource) }
        return resource
    }

    private static func apply(_ operation: Operation, to resource: inout JSONValue) throws {
        guard let path = operation.path, !path.isEmpty else {
            guard operation.verb != .remove else { throw SCIMError(type: "noTarget", detail: "remove needs a path") }
            guard let members = operation.value?.object else {
                throw SCIMError.invalidValue("value must be an object when there is no path")
            }
            for (name, value) in members where name != "schemas" {
                try apply(Operation(verb: operation.verb, path: name, value: value), to: &resource)
            }
            return
        }
        let parsed = try SCIMPath(path)
        if operation.verb != .remove, operation.value == nil { throw SCIMError.invalidValue("value is missing") }
        resource = try changed(resource, parsed.steps[...], parsed, operation) ?? resource
    }

    /// The value after the operation; `nil` removes it.
    private static func changed(
        _ value: JSONValue, _ steps: ArraySlice<String>, _ path: SCIMPath, _ operation: Operation
    ) throws -> JSONValue? {
        guard let step = steps.first else {
            return try path.filter.map { try filtered(value, $0, path, operation) } ?? combined(value, operation)
        }
        var object = value.object ?? JSONObject()
        let name = value.member(step)?.name ?? step
        object[name] = try changed(object[name] ?? .null, steps.dropFirst(), path, operation)
        return .object(object)
    }

    private static func combined(_ current: JSONValue, _ operation: Operation) -> JSONValue? {
        guard let value = operation.value, operation.verb != .remove else {
            return operation.value.flatMap { without($0, current) }
        }
        if let old = current.object, let new = value.object {
            return .object(JSONObject(old.map { ($0.name, $0.value) } + new.map { ($0.name, $0.value) }))
        }
        guard operation.verb == .add, let old = current.array else { return value }
        let added = value.array ?? [value]
        return .array(old + added.filter { !old.contains($0) })
    }

    /// What `remove` leaves of a list when it names the elements in `value` instead of the path, as some clients do.
    private static func without(_ removed: JSONValue, _ current: JSONValue) -> JSONValue? {
        guard let list = current.array else { return nil }
        let gone = (removed.array ?? [removed]).map { $0["value"] ?? $0 }
        return .array(list.filter { !gone.contains($0["value"] ?? $0) })
    }

    private static func filtered(
        _ current: JSONValue, _ filter: SCIMFilter, _ path: SCIMPath, _ operation: Operation
    ) throws -> JSONValue? {
        let elements = current.array ?? []
        guard operation.verb == .remove || elements.contains(where: filter.matches) else {
            throw SCIMError(type: "noTarget", detail: "No value matches the filter of the path")
        }
        return .array(
            elements.compactMap { element in
                guard filter.matches(element) else { return element }
                guard let subattribute = path.subattribute else { return combined(element, operation) }
                var element = element
                let name = element.member(subattribute)?.name ?? subattribute
                element[name] = operation.verb == .remove ? nil : operation.value
                return element
            })
    }
}
