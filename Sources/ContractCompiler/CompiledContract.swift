import Yams

/// The lines of one contract: what routing needs as tab-separated columns, the rest as JSON text that is parsed on first use.
///
/// - `H name base json`: the document without `paths` and `components`
/// - `O method path operationId access scopes json`: one operation; `access` is `none` or `user` or `optional`
/// - `C section name json`: one component
struct CompiledContract {
    var lines: [String] = []

    private static let verbs = ["get", "put", "post", "delete", "patch", "head", "options"]

    init(name: String, yaml: String) throws {
        guard let root = try Yams.compose(yaml: yaml)?.mapping else { throw ContractFault(message: "no mapping") }
        guard let base = root["servers"]?.sequence?.first?["url"]?.string else { throw ContractFault(message: "no server") }
        let header = Node.Mapping(root.filter { !["paths", "components"].contains($0.key.string) }.map { ($0.key, $0.value) })
        lines.append(["H", name, base, JSONText.of(.mapping(header))].joined(separator: "\t"))
        for (path, item) in root["paths"]?.mapping ?? [:] {
            try addOperations(path: path.string ?? "", item: item.mapping ?? [:])
        }
        for (section, entries) in root["components"]?.mapping ?? [:] {
            for (entry, value) in entries.mapping ?? [:] {
                lines.append(["C", section.string ?? "", entry.string ?? "", JSONText.of(value)].joined(separator: "\t"))
            }
        }
    }

    private mutating func addOperations(path: String, item: Node.Mapping) throws {
        let shared = item["parameters"]?.sequence.map(Array.init) ?? []
        for (verb, value) in item {
            guard let verb = verb.string, Self.verbs.contains(verb), var operation = value.mapping else { continue }
            guard let id = operation["operationId"]?.string else {
                throw ContractFault(message: "\(verb) \(path) has no operationId")
            }
            if !shared.isEmpty {
                operation["parameters"] = Node(shared + (operation["parameters"]?.sequence.map(Array.init) ?? []))
            }
            let (access, scopes) = try access(of: operation, id: id)
            let columns = [
                "O", verb.uppercased(), path, id, access, scopes.joined(separator: ","), JSONText.of(.mapping(operation)),
            ]
            lines.append(columns.joined(separator: "\t"))
        }
    }

    /// Who may call: an operation with neither `security` nor `x-anonymous` is a fault of the contract.
    private func access(of operation: Node.Mapping, id: String) throws -> (access: String, scopes: [String]) {
        let anonymous = operation["x-anonymous"]?.bool ?? false
        let requirements = operation["security"]?.sequence
        guard anonymous || requirements?.isEmpty == false else {
            throw ContractFault(message: "\(id) has neither security nor x-anonymous")
        }
        var scopes: [String] = []
        for requirement in requirements ?? [] {
            for (_, listed) in requirement.mapping ?? [:] { scopes += listed.array().compactMap(\.string) }
        }
        return (anonymous ? "optional" : "user", scopes)
    }
}
