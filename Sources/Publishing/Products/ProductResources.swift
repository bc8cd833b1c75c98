import Documents
import Model
import Storage

/// Which operations of APIs are part of which products, in the table `product_resource`.
enum ProductResources {
    /// Replaces the rows of `product`.
    static func replace(of product: APIRecord, in change: ChangeTransaction) throws {
        try delete(of: product, in: change)
        for operation in product.operations {
            try change.execute(
                "INSERT INTO product_resource (product_id, tenant_id, api_id, verb, target) VALUES (?, ?, ?, ?, ?)",
                [
                    SQLValue(product.id), SQLValue(product.tenantID),
                    SQLValue(operation[ProductSelection.apiMember]?.string ?? ""),
                    SQLValue(operation["verb"]?.string ?? ""), SQLValue(operation["target"]?.string ?? ""),
                ])
        }
    }

    static func delete(of product: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM product_resource WHERE product_id = ? AND tenant_id = ?",
            [SQLValue(product.id), SQLValue(product.tenantID)])
    }

    /// The operations of an API that products use, as `VERB target`, with the ids of the products.
    static func uses(of api: APIRecord, in connection: any SQLConnection) throws -> [String: [String]] {
        let rows = try connection.query(
            """
            SELECT verb, target, product_id FROM product_resource WHERE api_id = ? AND tenant_id = ?
            ORDER BY verb, target, product_id
            """, [SQLValue(api.id), SQLValue(api.tenantID)])
        return try rows.reduce(into: [:]) { uses, row in
            uses["\(try row.text("verb")) \(try row.text("target"))", default: []].append(try row.text("product_id"))
        }
    }

    /// Throws what `refusal` makes when `api` no longer has an operation that a product uses.
    static func check(
        _ api: APIRecord, in connection: any SQLConnection, refusal: (_ name: String, _ version: String) -> CatalogueError
    ) throws {
        guard api.kind == .api else { return }
        let uses = try uses(of: api, in: connection)
        let present = Set(api.operations.map(identity))
        guard uses.keys.allSatisfy(present.contains) else { throw refusal(api.name, api.version) }
    }

    /// Throws 900365 when an operation of `product` is no longer there in its API.
    static func checkPresent(_ product: APIRecord, in connection: any SQLConnection) throws {
        let groups = Dictionary(grouping: product.operations) { $0[ProductSelection.apiMember]?.string ?? "" }
        for (id, operations) in groups {
            let api = try APIStore.find(id, tenant: product.tenantID, in: connection)
            let present = Set((api?.operations ?? []).map(identity))
            guard operations.allSatisfy({ present.contains(identity($0)) }) else {
                throw CatalogueError.productRevisionMissesResources
            }
        }
    }

    /// `api` with the products of each operation filled in.
    static func filled(_ api: APIRecord, in connection: any SQLConnection) throws -> APIRecord {
        let uses = try uses(of: api, in: connection)
        guard api.kind == .api, !uses.isEmpty else { return api }
        var filled = api
        filled.document["operations"] = .array(
            api.operations.map { operation in
                var copy = operation
                copy["usedProductIds"] = JSONValue(uses[identity(operation)] ?? [])
                return copy
            })
        return filled
    }

    private static func identity(_ operation: JSONValue) -> String {
        "\(operation["verb"]?.string ?? "") \(operation["target"]?.string ?? "")"
    }
}
