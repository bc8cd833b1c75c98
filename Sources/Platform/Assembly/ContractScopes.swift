import ContractRouter

/// The scopes that a contract's operations ask for.
enum ContractScopes {
    /// In alphabetical order, without duplicates.
    static func of(_ contract: String) throws -> [String] {
        guard let contract = Contract.all.first(where: { $0.name == contract }) else {
            throw StartProblem("The contract \(contract) is missing from this build.")
        }
        return Set(contract.operations.flatMap(\.scopes)).sorted()
    }
}
