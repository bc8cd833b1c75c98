import ContractRouter
import Documents

/// Compares answers with what their contract promises; for the tests of every API target.
public struct ContractAnswers: Sendable {
    private let contract: Contract
    private let document: JSONValue

    /// `nil` when there is no contract of that name.
    public init?(_ name: String) {
        guard let contract = Contract.all.first(where: { $0.name == name }) else { return nil }
        self.contract = contract
        document = contract.document
    }

    /// What is wrong with the body of `answer`, in words: members that the contract does not have, wrong types, missing members.
    /// `target` is the request's path with its query.
    public func problems(of answer: TestAnswer, to method: String, _ target: String) -> [String] {
        guard let operation = operation(method, target) else { return ["\(method) \(target) is no operation"] }
        let responses = JSONPointer(tokens: ["paths", operation.path, method.lowercased(), "responses"])
        guard let response = value(at: responses)?[String(answer.status)] else {
            // Contracts do not name every refusal, but all refusals have one form.
            let isRefusal = answer.status >= 400 && answer.code != nil && answer.json["message"]?.string != nil
            return isRefusal ? [] : ["\(operation.id) does not answer \(answer.status)"]
        }
        var place = responses.appending(String(answer.status))
        if let reference = response["$ref"]?.string { place = Self.pointer(reference) }
        let schema = ["content", "application/json", "schema"].reduce(place) { $0.appending($1) }
        guard value(at: schema) != nil else { return [] }
        do {
            // Refusals may explain more than the contract's error has room for.
            let findings = try JSONSchema(document: document, at: schema).check(
                answer.json, options: SchemaOptions(closed: answer.status < 400)
            ).findings
            return findings.map { "\(operation.id) \(answer.status): \($0)" }
        } catch {
            return ["\(operation.id): \(error)"]
        }
    }

    /// The operation whose template matches; literal segments win over parameters.
    private func operation(_ method: String, _ target: String) -> ContractOperation? {
        let path = target.split(separator: "?", maxSplits: 1)[0].dropFirst(contract.base.count)
        let segments = path.split(separator: "/")
        return contract.operations
            .filter { $0.method == method && Self.matches($0.path, segments) }
            .min { Self.parameters($0.path) < Self.parameters($1.path) }
    }

    private static func matches(_ template: String, _ segments: [Substring]) -> Bool {
        let parts = template.split(separator: "/")
        return parts.count == segments.count && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    private static func parameters(_ template: String) -> Int { template.split(separator: "{").count }

    private func value(at pointer: JSONPointer) -> JSONValue? {
        pointer.tokens.reduce(document as JSONValue?) { $0?[$1] }
    }

    private static func pointer(_ reference: String) -> JSONPointer {
        JSONPointer(tokens: reference.dropFirst(2).split(separator: "/").map(String.init))
    }
}
