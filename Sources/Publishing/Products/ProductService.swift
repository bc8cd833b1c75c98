import Definitions
import Documents
import Model
import Storage

/// API products: operations of several APIs under a context, plans and a lifecycle of their own (`docs/api-products.md`).
public struct ProductService: Sendable {
    let foundation: PublishingFoundation
    private var rules: ProductRules { ProductRules(foundation: foundation) }

    /// Members of the contract's product object that a product's document holds.
    public static let documentMembers = ProductRules.members

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// The products that `query` finds, newest first, and their number.
    public func list(
        _ query: String, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (products: [APIRecord], total: Int) {
        let found = try await APIService(foundation: foundation, kind: .product)
            .list(query, limit: limit, offset: offset, for: caller)
        return (found.apis, found.total)
    }

    /// The product `id`, or a 404.
    public func product(_ id: String, for caller: Principal) async throws -> APIRecord {
        try await foundation.changes.read { try APIAccess.visible(id, .product, to: caller, in: $0) }
    }

    /// The OpenAPI document of the product as publishers see it; JSON text.
    public func definition(of id: String, for caller: Principal) async throws -> (text: String, version: Int64) {
        try await foundation.changes.read { connection in
            let product = try APIAccess.visible(id, .product, to: caller, in: connection)
            guard let text = try DefinitionStore.find(ofAPI: id, tenant: product.tenantID, in: connection) else {
                throw CatalogueError.definitionNotFound(id)
            }
            let view = OpenAPIManagementView(product).applied(to: try JSONValue.parse(text))
            return (view.prettyPrinted(), product.rowVersion)
        }
    }

    /// Makes a product of `members`, the contract's product object.
    public func create(_ members: JSONObject, by caller: Principal, _ context: ChangeContext) async throws -> APIRecord {
        let draft = try await draft(members, by: caller, context)
        let (apis, limit) = (members["apis"], foundation.limits.definitionSize)
        return try await foundation.changes.change(context) { change in
            let selection = try ProductSelection(apis, of: draft.name, for: caller, in: change)
            var product = draft
            product.take(selection)
            try APIService.checkUnique(product, in: change)
            product.number = try NumberSequence.next("api", in: change)
            try APIStore.insert(product, in: change)
            try ProductResources.replace(of: product, in: change)
            try DefinitionStore.put(
                try selection.definition(of: product, maximumSize: limit, in: change), ofAPI: product.id,
                tenant: product.tenantID, in: change)
            let event = LifecycleEvent(
                previous: nil, state: .created, user: caller.displayName, milliseconds: context.milliseconds)
            try LifecycleStore.append(event, ofAPI: product.id, in: change)
            try change.audit("create", kind: "api-product", id: product.id, after: APIAudit.json(product))
            return product
        }
    }

    /// Replaces what may change of a product and takes its operations anew from their APIs. Throws a 412 when the client `expects` another
    /// version.
    public func update(
        _ id: String, to members: JSONObject, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        let stored = try await product(id, for: caller)
        let document = try await rules.checked(members, name: stored.name, by: caller)
        let environments = try await foundation.environments.environments(of: caller.tenant)
        let (apis, foundation) = (members["apis"], foundation)
        return try await foundation.changes.change(context) { change in
            let present = try APIAccess.editable(id, .product, by: caller, in: change)
            try APIAccess.check(expects, of: present)
            let selection = try ProductSelection(apis, of: present.name, for: caller, in: change)
            var product = present
            product.document = document
            product.isDefaultVersion = members["isDefaultVersion"]?.bool ?? present.isDefaultVersion
            product.take(selection)
            product.updatedMilliseconds = context.milliseconds
            product.updatedBy = caller.displayName
            let updated = try APIStore.update(product, in: change)
            try ProductResources.replace(of: updated, in: change)
            try DefinitionStore.put(
                try selection.definition(of: updated, maximumSize: foundation.limits.definitionSize, in: change), ofAPI: id,
                tenant: updated.tenantID, in: change)
            if updated.isDefaultVersion != present.isDefaultVersion {
                if updated.isDefaultVersion { try APIService.clearDefault(besides: updated, in: change) }
                try GatewayPublication(foundation: foundation, environments: environments)
                    .settleDefault(named: updated.name, in: change)
            }
            try change.audit(
                "update", kind: "api-product", id: id, before: APIAudit.json(present), after: APIAudit.json(updated))
            return updated
        }
    }

    public func delete(_ id: String, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext) async throws {
        try await APIService(foundation: foundation, kind: .product).delete(id, expects: expects, by: caller, context)
    }

    /// Makes a new version of a product, in state CREATED. Throws 900252 when the version exists.
    public func copy(
        _ id: String, asVersion version: String, isDefault: Bool, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        try await APIService(foundation: foundation, kind: .product)
            .copy(id, asVersion: version, isDefault: isDefault, by: caller, context)
    }

    /// Whether the APIs of the product have changed what it took from them, so that saving and deploying it anew would change it.
    public func isOutdated(_ id: String, for caller: Principal) async throws -> Bool {
        let limit = foundation.limits.definitionSize
        return try await foundation.changes.read { connection in
            let product = try APIAccess.visible(id, .product, to: caller, in: connection)
            let selection: ProductSelection
            do {
                selection = try ProductSelection(product.document["apis"], of: product.name, for: caller, in: connection)
            } catch is CatalogueError {
                // What it consists of is no longer there, or can no longer be part of a product.
                return true
            }
            guard selection.operations == product.operations else { return true }
            let text = try selection.definition(of: product, maximumSize: limit, in: connection)
            return try DefinitionStore.find(ofAPI: id, tenant: product.tenantID, in: connection) != text
        }
    }

    /// The checked record of a new product, without number and operations.
    private func draft(_ members: JSONObject, by caller: Principal, _ context: ChangeContext) async throws -> APIRecord {
        let name = try APINaming.checkedName(members["name"]?.string ?? "")
        let version = try APINaming.checkedVersion(members["version"]?.string ?? "1.0.0")
        let template = try ContextTemplate(members["context"]?.string ?? "", tenant: caller.tenant)
        guard template.resolved(version: version).utf8.count <= ContextTemplate.maximumResolvedLength else {
            throw CatalogueError.lengthExceeds(
                "context with version: at most \(ContextTemplate.maximumResolvedLength) characters")
        }
        let document = try await rules.checked(members, name: name, by: caller)
        return APIRecord(
            id: foundation.random.uuid(), number: 0, tenantID: caller.tenant.id, name: name, version: version,
            contextTemplate: template, provider: caller.displayName, type: APIRecord.productType, lifecycleState: .created,
            gatewayVendor: members["gatewayVendor"]?.string ?? "wso2",
            isDefaultVersion: members["isDefaultVersion"]?.bool ?? true, servesDefault: false, hasThumbnail: false,
            lastRevision: 0, createdMilliseconds: context.milliseconds, updatedMilliseconds: context.milliseconds,
            updatedBy: caller.displayName, rowVersion: 1, document: document)
    }
}

extension APIRecord {
    /// Makes the product consist of `selection`.
    fileprivate mutating func take(_ selection: ProductSelection) {
        document["apis"] = selection.apis
        document["operations"] = .array(selection.operations)
        document["scopes"] = selection.scopes
    }
}

extension ProductSelection {
    /// The OpenAPI document of a product of these operations; JSON text.
    func definition(of product: APIRecord, maximumSize: Int, in connection: any SQLConnection) throws -> String {
        let parts = try members.map { member in
            let text = try DefinitionStore.find(ofAPI: member.api.id, tenant: member.api.tenantID, in: connection)
            return ProductDefinition.Part(
                document: try JSONValue.parse(text ?? "{}"),
                operations: member.operations.map { ($0["verb"]?.string ?? "", $0["target"]?.string ?? "") })
        }
        let document = try ProductDefinition(parts: parts).document(maximumSize: maximumSize)
        return try OpenAPIWriter(product).definition(from: document, format: .v3)
    }
}
