import Documents
import Model
import Operating

/// A record in the form of the contract.
struct DecisionView {
    private let record: DecisionRecord

    init(_ record: DecisionRecord) { self.record = record }

    /// - Parameter showsBackend: whether the caller may know what lies behind the API.
    func json(showsBackend: Bool) -> JSONValue {
        let members = record.members
        let rule = members["rule"]?.string.flatMap(DecisionRule.init) ?? .other
        var json: JSONValue = [
            "requestId": members["requestId"] ?? "", "activityId": members["activityId"] ?? "",
            "gatewayId": JSONValue(record.gateway), "time": Timestamp.json(record.milliseconds),
            "outcome": members["code"] == nil ? "PASSED" : "REFUSED",
        ]
        copy(["stage"], to: &json)
        json["rule"] = JSONValue(rule.rawValue)
        json["explanation"] = JSONValue(rule.explanation)
        if !rule.advice.isEmpty { json["advice"] = JSONValue(rule.advice) }
        copy(["code", "status", "milliseconds", "clientAddress", "method", "path", "host"], to: &json)
        json["api"] = part([
            ("id", "apiId"), ("name", "apiName"), ("version", "apiVersion"), ("context", "apiContext"), ("type", "apiType"),
        ])
        json["operation"] = part([("verb", "apiMethod"), ("target", "apiResourceTemplate")])
        json["application"] = part([("id", "applicationId"), ("name", "applicationName"), ("owner", "applicationOwner")])
        copy(
            ["environment", "user", "plan", "credential", "keyType", "keyManager", "consumerKey", "tokenId", "quotas"],
            to: &json)
        if showsBackend {
            json["backend"] = part([
                ("endpoint", "endpoint"), ("attempts", "attempts"), ("status", "upstreamStatus"),
                ("milliseconds", "upstreamMilliseconds"),
            ])
        }
        return json
    }

    private func copy(_ names: [String], to json: inout JSONValue) {
        for name in names { json[name] = record.members[name] ?? json[name] }
    }

    private func part(_ names: [(String, String)]) -> JSONValue? {
        var part: JSONValue = [:]
        for (name, member) in names { part[name] = record.members[member] }
        if part == [:] { return nil }
        return part
    }
}
