import Documents

/// A record of `GET /decisions/{requestId}` as lines for people.
struct DecisionText {
    private let record: JSONValue

    init(_ record: JSONValue) { self.record = record }

    var text: String {
        var lines = [
            "\(value("method")) \(value("path")) from \(value("clientAddress")) at \(value("time")): \(value("status"))\(code)",
            "",
            record["outcome"] == "PASSED" ? "It passed." : "It stopped at the stage \(value("stage")): \(value("rule")).",
            value("explanation"),
        ]
        if let advice = record["advice"]?.string { lines.append(advice) }
        lines.append("")
        lines += facts.compactMap { name, value in value.map { Self.padded(name) + $0 } }
        return lines.joined(separator: "\n")
    }

    private var code: String { record["code"]?.int.map { ", code \($0)" } ?? "" }

    private var facts: [(String, String?)] {
        var facts: [(String, String?)] = [
            ("API", api), ("Operation", pair("operation", "verb", "target")), ("Application", application),
            ("User", record["user"]?.string), ("Credential", credential), ("Plan", record["plan"]?.string),
        ]
        for item in record["quotas"]?.array ?? [] { facts.append(("Quota", quota(item))) }
        return facts + [
            ("Back end", backend), ("Environment", record["environment"]?.string), ("Gateway", record["gatewayId"]?.string),
            ("Request id", record["requestId"]?.string),
            ("Others", record["otherRequestIds"]?.strings?.joined(separator: ", ")),
        ]
    }

    private var api: String? {
        record["api"].map { api in
            "\(api["name"]?.string ?? "") \(api["version"]?.string ?? "") (\(api["context"]?.string ?? ""))"
        }
    }

    private var application: String? {
        record["application"].map { "\($0["name"]?.string ?? "") of \($0["owner"]?.string ?? "")" }
    }

    private var credential: String? {
        record["credential"]?.string.map { kind in
            let parts = [
                record["keyType"]?.string.map { "\($0) key" }, record["keyManager"]?.string.map { "of \($0)" },
                record["consumerKey"]?.string.map { "client \($0)" }, record["tokenId"]?.string.map { "id \($0)" },
            ]
            return ([kind] + parts.compactMap { $0 }).joined(separator: ", ")
        }
    }

    private var backend: String? {
        record["backend"].map { backend in
            let parts = [
                backend["attempts"]?.int.map { $0 == 1 ? "1 attempt" : "\($0) attempts" },
                backend["status"]?.int.map { "status \($0)" }, backend["milliseconds"]?.int.map { "\($0) ms" },
            ]
            return ([backend["endpoint"]?.string ?? ""] + parts.compactMap { $0 }).joined(separator: ", ")
        }
    }

    private func quota(_ quota: JSONValue) -> String {
        func number(_ name: String) -> Int { quota[name]?.int ?? 0 }
        let unit = quota["unit"] == "BYTES" ? " bytes" : ""
        return "\(quota["policy"]?.string ?? ""): \(number("remaining")) of \(number("limit"))\(unit) left, "
            + "begins anew in \(number("resetSeconds")) s"
    }

    private func pair(_ name: String, _ first: String, _ second: String) -> String? {
        record[name].map { "\($0[first]?.string ?? "") \($0[second]?.string ?? "")" }
    }

    private func value(_ name: String) -> String { record[name].map { $0.string ?? $0.int.map(String.init) ?? "" } ?? "" }

    private static func padded(_ name: String) -> String { name + String(repeating: " ", count: max(1, 13 - name.count)) }
}
