import Model
import Storage

/// Who may see and change an application: its owner.
enum ApplicationAccess {
    /// Throws a 404 for ids of other tenants, a 403 for applications of other users of the tenant.
    static func application(
        _ id: String, of principal: Principal, in connection: any SQLConnection
    ) throws -> Application {
        let application = try application(id, inTenantOf: principal, in: connection)
        guard application.owner.lowercased() == principal.username.lowercased() else {
            throw CatalogueError.forbidden("The application with the id '\(id)' is not accessible to you")
        }
        return application
    }

    /// For administrators, who see every application of their tenant. Throws a 404 for ids of other tenants.
    static func application(
        _ id: String, inTenantOf principal: Principal, in connection: any SQLConnection
    ) throws -> Application {
        guard let application = try ApplicationTable.find(id: id, tenant: principal.tenant, in: connection) else {
            throw CatalogueError.applicationNotFound(id)
        }
        return application
    }

    /// As ``application(_:of:in:)``; throws `unapproved` unless the application is approved.
    static func approvedApplication(
        _ id: String, of principal: Principal, otherwise unapproved: CatalogueError, in connection: any SQLConnection
    ) throws -> Application {
        let application = try application(id, of: principal, in: connection)
        guard application.status == .approved else { throw unapproved }
        return application
    }
}
