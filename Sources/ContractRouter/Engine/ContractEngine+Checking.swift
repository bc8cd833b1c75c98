import Documents

extension ContractEngine {
    /// How an answer breaks its contract, as sentences; empty when it keeps it or when the route is plain. For tests.
    ///
    /// Members that the contract does not declare count as broken, a status that it does not list only if it is a 2xx.
    public func violations(of response: OutgoingResponse, to request: IncomingRequest) throws -> [String] {
        let target = try RequestTarget(request.target)
        guard let match = routes.match(request.method, Self.separateTenant(target.segments).segments).match,
            case .operation(let operation, let contract, _) = match.value
        else { return [] }
        let rules = try operation.rules(in: contract)
        guard let media = rules.answers[String(response.status)] else {
            let isListed = !(200..<300).contains(response.status)
            return isListed ? [] : ["\(contract.name) \(operation.id): the contract has no answer \(response.status)"]
        }
        guard request.method != "HEAD", MediaType(response.header("content-type") ?? "").isJSON,
            let schema = media.first(where: { $0.type == "application/json" })?.schema
        else { return [] }
        let findings = schema.check(
            try JSONValue.parse(response.body), options: SchemaOptions(closed: (200..<300).contains(response.status))
        ).findings
        return findings.map { "\(contract.name) \(operation.id) \(response.status): \($0.path) \($0.message)" }
    }
}
