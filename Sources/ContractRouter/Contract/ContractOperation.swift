import Documents
import Synchronization

/// One operation of a contract: what routing and the scope check need at once, the rest on first use.
public final class ContractOperation: Sendable {
    /// Name of the contract.
    public let contract: String
    /// Upper-case verb.
    public let method: String
    /// Path template below the contract's base.
    public let path: String
    /// The `operationId`.
    public let id: String
    /// Whether a request without credential is let through.
    public let isAnonymous: Bool
    /// Any one of these allows the operation; empty means any valid credential.
    public let scopes: [String]
    private let text: ContractText
    private let cache = Mutex<OperationRules?>(nil)

    /// Takes the columns of an `O` line of the compiled contract.
    init(contract: String, columns: [ContractText]) {
        self.contract = contract
        method = columns[1].string
        path = columns[2].string
        id = columns[3].string
        isAnonymous = columns[4].string == "optional"
        scopes = columns[5].string.split(separator: ",").map(String.init)
        text = columns[6]
    }

    /// The OpenAPI operation object.
    public var json: JSONValue { text.json }

    /// The rules that a request and its answer have to follow; made once.
    package func rules(in contract: Contract) throws -> OperationRules {
        if let known = cache.withLock({ $0 }) { return known }
        let rules = try OperationRules(operation: json, contract: contract)
        cache.withLock { $0 = rules }
        return rules
    }
}
