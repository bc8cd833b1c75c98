import Documents

/// A contract as a readable page: operations by tag with parameters, bodies and scopes.
struct ContractPage {
    var contract: Contract

    var page: HTMLPage {
        let title = contract.information["title"]?.string ?? contract.name
        let groups = groups
        let index = groups.map {
            "<li><a href=\"#\(anchor($0.tag))\">\(HTMLPage.escape($0.tag))</a> <span class=\"count\">\($0.operations.count)</span></li>"
        }
        let sections = groups.map { group in
            "<section aria-labelledby=\"\(anchor(group.tag))\"><h2 id=\"\(anchor(group.tag))\">\(HTMLPage.escape(group.tag))</h2>"
                + group.operations.map(block).joined() + "</section>"
        }
        return HTMLPage(
            title: "\(title) – Martlet",
            body: """
                <h1>\(HTMLPage.escape(title))</h1>
                <p class="lead">\(HTMLPage.escape(contract.information["description"]?.string ?? ""))</p>
                <p class="meta"><code>\(contract.base)</code> · \(contract.operations.count) operations · \
                <a href="\(contract.base)/swagger.yaml">YAML</a> · <a href="\(contract.base)/swagger.json">JSON</a></p>
                <nav aria-label="Groups of operations"><ul class="index">\(index.joined())</ul></nav>
                \(sections.joined())
                """)
    }

    private var groups: [(tag: String, operations: [ContractOperation])] {
        var groups: [(tag: String, operations: [ContractOperation])] = []
        for operation in contract.operations {
            let tag = operation.json["tags"]?[0]?.string ?? "Operations"
            if let index = groups.firstIndex(where: { $0.tag == tag }) {
                groups[index].operations.append(operation)
            } else {
                groups.append((tag, [operation]))
            }
        }
        return groups
    }

    private func anchor(_ tag: String) -> String {
        String(tag.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    private func block(_ operation: ContractOperation) -> String {
        let json = operation.json
        let since = json["x-since"].map { " <span class=\"tag\">since \(HTMLPage.escape($0.string ?? $0.text))</span>" } ?? ""
        return """
            <details class="operation" id="\(operation.id)"><summary><span class="verb \(operation.method.lowercased())">\(operation.method)</span> \
            <span class="route">\(HTMLPage.escape(operation.path))</span> <span class="what">\(HTMLPage.escape(json["summary"]?.string ?? operation.id))\(since)</span></summary>
            <dl><dt>Operation</dt><dd><code>\(operation.id)</code></dd><dt>Access</dt><dd>\(access(operation))</dd>
            \(bodies(json))<dt>Answers</dt><dd>\(answers(json))</dd></dl>
            \(parameters(json))</details>
            """
    }

    private func access(_ operation: ContractOperation) -> String {
        if operation.isAnonymous { return "Anybody" }
        if operation.scopes.isEmpty { return "Any signed-in user" }
        return "One of " + operation.scopes.map { "<code>\(HTMLPage.escape($0))</code>" }.joined(separator: " ")
    }

    private func bodies(_ json: JSONValue) -> String {
        guard let content = contract.resolve(json["requestBody"] ?? .null)["content"]?.object else { return "" }
        let items = content.map { type, media in "<code>\(HTMLPage.escape(type))</code> \(shape(media["schema"] ?? .null))" }
        return "<dt>Body</dt><dd>\(items.joined(separator: "<br>"))</dd>"
    }

    private func answers(_ json: JSONValue) -> String {
        (json["responses"]?.object ?? JSONObject()).map { status, answer in
            let resolved = contract.resolve(answer)
            let media = resolved["content"]?.object?.first { $0.name == "application/json" }?.value["schema"]
            return
                "<code>\(HTMLPage.escape(status))</code> \(HTMLPage.escape(resolved["description"]?.string ?? "")) \(media.map(shape) ?? "")"
        }.joined(separator: "<br>")
    }

    private func parameters(_ json: JSONValue) -> String {
        let rows = (json["parameters"]?.array ?? []).map { contract.resolve($0) }.map { parameter in
            let need = parameter["required"]?.bool == true ? "required" : "optional"
            return """
                <tr><td><code>\(HTMLPage.escape(parameter["name"]?.string ?? ""))</code></td><td>\(HTMLPage.escape(parameter["in"]?.string ?? ""))</td>\
                <td>\(shape(parameter["schema"] ?? .null))</td><td>\(need)</td></tr>
                """
        }
        guard !rows.isEmpty else { return "" }
        return
            "<table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">In</th><th scope=\"col\">Type</th><th scope=\"col\">Need</th></tr></thead><tbody>\(rows.joined())</tbody></table>"
    }

    /// A schema in few words: its name, or its type with what limits it.
    private func shape(_ schema: JSONValue) -> String {
        if let reference = schema["$ref"]?.string {
            return "<em>\(HTMLPage.escape(String(reference.split(separator: "/").last ?? "")))</em>"
        }
        switch schema["type"]?.string {
        case "array": return "list of \(shape(schema["items"] ?? .null))"
        case "object":
            guard let fields = schema["properties"]?.object else { return "object" }
            return "with " + fields.map { "<code>\(HTMLPage.escape($0.name))</code>" }.joined(separator: ", ")
        case let type?:
            let choices = schema["enum"]?.strings.map { ": " + $0.joined(separator: ", ") } ?? ""
            let standard = schema["default"].map { ", default \($0.plainText)" } ?? ""
            return HTMLPage.escape(type + choices + standard)
        case nil: return ""
        }
    }
}
