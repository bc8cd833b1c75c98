/// Which operations of the contracts have a handler; the content of `docs/contract-coverage.md`.
public struct CoverageReport: Sendable {
    private let contracts: [Contract]
    private let handlers: HandlerTable

    public init(contracts: [Contract] = Contract.all, handlers: HandlerTable) {
        self.contracts = contracts
        self.handlers = handlers
    }

    public var total: Int { contracts.map(\.operations.count).reduce(0, +) }
    public var handled: Int { contracts.map { $0.operations.count - missing($0).count }.reduce(0, +) }

    /// The page: a total, a table, and the operations that are still missing.
    public var markdown: String {
        var text = "# Contract coverage\n\nThis page is generated; a test compares it with the handlers.\n\n"
        text += "\(handled) of \(total) operations have a handler.\n\n| Contract | Operations | With handler |\n|---|---|---|\n"
        for contract in contracts {
            text +=
                "| \(contract.name) | \(contract.operations.count) | \(contract.operations.count - missing(contract).count) |\n"
        }
        text += "\nOperations without a handler answer 501.\n"
        for contract in contracts {
            let missing = missing(contract)
            guard !missing.isEmpty else { continue }
            text += "\n## \(contract.name): missing\n\n" + missing.map { "- \($0.id)\n" }.joined()
        }
        return text
    }

    private func missing(_ contract: Contract) -> [ContractOperation] {
        contract.operations.filter { handlers.operations[contract.name]?[$0.id] == nil }
    }
}
