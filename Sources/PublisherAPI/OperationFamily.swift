import ContractRouter
import Documents
import Model
import Publishing

/// The operations that the contract has twice, for APIs and for products: revisions, deployments, lifecycle, pictures.
enum OperationFamily: Sendable {
    case api, product

    /// Parameter of path or query that names the API or product.
    var idParameter: String { self == .api ? "apiId" : "apiProductId" }

    /// Where the API or product itself is found.
    func location(_ id: String) -> String { self == .api ? "/apis/\(id)" : "/api-products/\(id)" }

    /// The API or product in full.
    func json(_ api: APIRecord) -> JSONValue { self == .api ? APIJSON.full(api) : ProductJSON.full(api) }

    /// The operation id of the family.
    func operation(api: String, product: String) -> String { self == .api ? api : product }
}
