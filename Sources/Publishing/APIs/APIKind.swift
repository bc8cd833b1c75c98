import Model

/// What a row of the table `api` is. Products share revisions, deployments, lifecycle and pictures with APIs.
enum APIKind: Sendable {
    case api, product

    /// The 404 for an id that names nothing of this kind.
    func notFound(_ id: String) -> CatalogueError {
        switch self {
        case .api: .apiNotFound(id)
        case .product: .productNotFound(id)
        }
    }

    /// Name of the kind in audit rows.
    var auditName: String {
        switch self {
        case .api: "api"
        case .product: "api-product"
        }
    }
}

extension APIRecord {
    /// The type of products; everything else is an API.
    static let productType = "APIPRODUCT"

    /// Whether the row is a product.
    public var isProduct: Bool { kind == .product }

    var kind: APIKind { type == Self.productType ? .product : .api }
}
