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
            let prefix = ProductCapture.prefix(index)
            let secrets = Dictionary(
                secrets.filter { $0.key.hasPrefix(prefix + "/") }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
            ) { $1 }
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

    /// The index of the member that an operation of the product comes from.
    func member(of operation: JSONValue) -> Int? {
        let id = operation[ProductSelection.apiMember]
        return document[ProductCapture.member]?.array?.firstIndex { $0["apiId"] == id }
    }
}
