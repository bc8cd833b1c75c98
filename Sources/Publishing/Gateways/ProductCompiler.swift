import Documents
import Model

/// Turns what a product's revision copied from its APIs into what gateways work with.
struct ProductCompiler {
    /// The document of the revision.
    let document: JSONObject
    /// Its secrets by the JSON pointer of their place.
    let secrets: [String: String]

    var members: [GatewayProductMember] {
        (document[ProductCapture.member]?.array ?? []).enumerated().map { index, value in
            let members = value.object ?? JSONObject()
            let secrets = secrets(ofMember: index)
            let configuration = members["endpointConfig"]?.object
            return GatewayProductMember(
                apiID: members["apiId"]?.string ?? "", name: members["name"]?.string ?? "",
                version: members["version"]?.string ?? "",
                endpointKind: EndpointKindCompiler.kind(of: members, secrets: secrets) ?? .addresses,
                production: EndpointCompiler.group(.production, of: configuration, secrets: secrets),
                sandbox: EndpointCompiler.group(.sandbox, of: configuration, secrets: secrets),
                backendThroughput: BackendThroughputCompiler.throughput(members["maxTps"]))
        }
    }

    /// The secrets of a member by their place in its own document.
    private func secrets(ofMember index: Int) -> [String: String] {
        let prefix = ProductCapture.prefix(index)
        return Dictionary(
            secrets.filter { $0.key.hasPrefix(prefix + "/") }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        ) { $1 }
    }

    /// The policies of an operation: those of the API that it comes from, then its own. A product has none itself.
    func flows(of operation: JSONValue, member index: Int, policies: AppliedPolicies) -> GatewayPolicyFlows? {
        let secrets = Dictionary(
            secrets(ofMember: index).map { key, secret in
                let place = String(key.dropFirst())
                return (PolicyPlaces.isSecretKey(place) ? place : key, secret)
            }
        ) { $1 }
        let compiler = PolicyCompiler(policies: policies, secrets: secrets)
        var flows =
            compiler.flows(document[ProductCapture.member]?[index]?["apiPolicies"], level: PolicyPlaces.apiLevel)
            ?? GatewayPolicyFlows()
        flows.append(
            compiler.flows(operation["operationPolicies"], level: PolicyPlaces.level(ofOperation: operation))
                ?? GatewayPolicyFlows())
        return flows.isEmpty ? nil : flows
    }

    /// The index of the member that an operation of the product comes from.
    func member(of operation: JSONValue) -> Int? {
        let id = operation[ProductSelection.apiMember]
        return document[ProductCapture.member]?.array?.firstIndex { $0["apiId"] == id }
    }
}
