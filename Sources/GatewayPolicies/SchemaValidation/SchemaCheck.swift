import Definitions
import Documents
import GatewayCore
import Model

/// Makes the policies that keep the messages of an API to its definition (`docs/schema-validation.md`).
struct SchemaCheck {
    private let contract: Result<MessageContract, PolicyProblem>
    private let limits: PolicyLimits
    /// Fields and parameters that are between client and gateway, lower case; the definition may name them, but backends do not get them.
    private let ownNames: Set<String>

    /// `nil` for an API whose messages are not checked.
    init?(of api: GatewayAPI, limits: PolicyLimits) {
        guard let text = api.validatedDefinition else { return nil }
        self.limits = limits
        ownNames = [api.authorizationHeader.lowercased(), api.apiKeyHeader.lowercased(), "apikey", "internal-key"]
        do {
            contract = .success(try MessageContract(JSONValue.parse(text)))
        } catch {
            contract = .failure(PolicyProblem("\(error)"))
        }
    }

    func requestPolicy(_ operation: GatewayOperation) -> (any FlowPolicy)? {
        switch contract {
        case .success(let contract):
            contract[operation.verb, operation.target].map {
                RequestSchemaPolicy(contract: $0.ignoring(ownNames), limits: limits)
            }
        case .failure(let problem):
            UnusablePolicy(GatewayPolicyUse(name: "schema validation", version: ""), reason: problem.reason)
        }
    }

    func responsePolicy(_ operation: GatewayOperation) -> (any FlowPolicy)? {
        guard case .success(let contract) = contract, let found = contract[operation.verb, operation.target] else { return nil }
        return ResponseSchemaPolicy(contract: found, limits: limits)
    }
}

extension PolicyVisit {
    /// The value of `Content-Type`.
    var contentType: String? { value(of: .contentType).map { String(decoding: $0, as: UTF8.self) } }

    /// The value of a field; fields that are there more than once have their values between commas.
    func text(of name: String) -> String? {
        let name = name.lowercased()
        let values = fields.filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name }
        return values.isEmpty ? nil : values.map { String(decoding: $0.value, as: UTF8.self) }.joined(separator: ",")
    }

    /// Whether the head says that a body follows.
    var announcesBody: Bool {
        if let body { return !body.isEmpty }
        return text(of: "Transfer-Encoding") != nil || text(of: "Content-Length").map { $0 != "0" } ?? false
    }
}
