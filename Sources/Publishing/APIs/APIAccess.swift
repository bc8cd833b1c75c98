import Model
import Storage

/// Who may see and change an API in the publisher.
enum APIAccess {
    /// The API or product `id` if `caller` may see it; else a 404, so that its existence does not show. `nil` accepts both kinds.
    static func visible(
        _ id: String, _ kind: APIKind? = .api, to caller: Principal, in connection: any SQLConnection
    ) throws -> APIRecord {
        guard let api = try APIStore.find(id, tenant: caller.tenant.id, in: connection), kind == nil || kind == api.kind,
            isVisible(api, to: caller)
        else { throw (kind ?? .api).notFound(id) }
        return api
    }

    /// The API or product `id` for a change by `caller`: visible, and in a state in which the caller's scopes suffice.
    static func editable(
        _ id: String, _ kind: APIKind? = .api, by caller: Principal, in connection: any SQLConnection
    ) throws -> APIRecord {
        let api = try visible(id, kind, to: caller, in: connection)
        guard !api.lifecycleState.needsPublisherToEdit || !publisherScopes.isDisjoint(with: caller.scopes) else {
            throw CatalogueError.updateForbidden(inState: api.lifecycleState)
        }
        return api
    }

    /// Throws a 412 when a client expected another version of the row. `nil` expects nothing.
    static func check(_ expected: Int64?, of api: APIRecord) throws {
        guard expected == nil || expected == api.rowVersion else { throw CatalogueError.preconditionFailed }
    }

    static func isVisible(_ api: APIRecord, to caller: Principal) -> Bool {
        guard api.accessControl == "RESTRICTED", !isAdministrator(caller) else { return true }
        return holdsOne(of: api.document.strings("accessControlRoles"), caller)
    }

    static func isAdministrator(_ caller: Principal) -> Bool {
        caller.roles.contains("admin") || caller.scopes.contains("apim:admin")
    }

    static func holdsOne(of roles: [String], _ caller: Principal) -> Bool {
        !Set(roles.map { $0.lowercased() }).isDisjoint(with: caller.roles.map { $0.lowercased() })
    }

    private static let publisherScopes: Set<String> = [
        "apim:api_publish", "apim:api_import_export", "apim:api_manage", "apim:admin",
    ]
}
