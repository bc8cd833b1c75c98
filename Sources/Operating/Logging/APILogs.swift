import Documents
import Model
import Storage

/// How calls of APIs are logged (`docs/api-logs.md`). A change is live on the gateways when it is answered.
public struct APILogs: Sendable {
    /// A rule with the API that it is for.
    public struct Entry: Sendable, Hashable {
        public var api: LoggedAPI
        public var rule: APILogRule
    }

    private let changes: ChangeStore
    private let apis: any LoggedAPIs

    public init(changes: ChangeStore, apis: any LoggedAPIs) {
        self.changes = changes
        self.apis = apis
    }

    /// All APIs of a tenant with their level, and operations that have one of their own.
    ///
    /// - Parameter level: only entries of this level.
    public func list(tenant: Tenant, level: APILogLevel? = nil) async throws -> [Entry] {
        try await changes.read { [apis] connection in
            let rules = Dictionary(grouping: try APILogTable.all(tenant: tenant, in: connection), by: \.apiID)
            return try apis.all(tenant: tenant, in: connection).flatMap { api in
                Self.entries(api, rules[api.id]?.map(\.rule) ?? [])
            }.filter { level == nil || $0.rule.level == level }
        }
    }

    /// The entries of one API. Throws a 404 for ids of other tenants too.
    public func find(apiID: String, tenant: Tenant) async throws -> [Entry] {
        try await changes.read { [apis] connection in
            let api = try Self.api(apiID, tenant, apis, connection)
            return Self.entries(api, try APILogTable.rules(ofAPI: apiID, tenant: tenant, in: connection))
        }
    }

    /// Sets the level of an API or of one of its operations. Throws a 404 for APIs of other tenants, a 400 for an operation that the API
    /// does not have.
    public func set(_ rule: APILogRule, apiID: String, tenant: Tenant, _ context: ChangeContext) async throws -> [Entry] {
        try await changes.change(context) { [apis] change in
            let api = try Self.api(apiID, tenant, apis, change)
            if let verb = rule.verb, let target = rule.target,
                try !apis.hasOperation(verb: verb, target: target, apiID: apiID, tenant: tenant, in: change)
            {
                throw CatalogueError.loggedOperationUnknown("\(verb) \(target)")
            }
            let before = try APILogTable.rules(ofAPI: apiID, tenant: tenant, in: change)
            try APILogTable.set(rule, apiID: apiID, tenant: tenant, in: change)
            let after = try APILogTable.rules(ofAPI: apiID, tenant: tenant, in: change)
            try change.audit(
                "update", kind: "apiLog", id: apiID, before: .array(before.map(\.auditForm)),
                after: .array(after.map(\.auditForm)))
            change.publish(Self.change(after, apiID: apiID, tenant: tenant))
            return Self.entries(api, after)
        }
    }

    private static func change(_ rules: [APILogRule], apiID: String, tenant: Tenant) -> GatewayChange {
        let logs = rules.contains { $0.level > .off }
        return logs
            ? .put(.logging(.api(GatewayAPILog(tenant: tenant.id, apiID: apiID, rules: rules))))
            : .remove(kind: .logging, key: GatewayLogging.key(ofAPI: apiID))
    }

    private static func api(
        _ id: String, _ tenant: Tenant, _ apis: any LoggedAPIs, _ connection: any SQLConnection
    ) throws -> LoggedAPI {
        guard let api = try apis.find(id: id, tenant: tenant, in: connection) else {
            throw CatalogueError.notFound("API", id: id)
        }
        return api
    }

    /// The rule for the whole API comes first, and is there also when none was set.
    private static func entries(_ api: LoggedAPI, _ rules: [APILogRule]) -> [Entry] {
        let general = rules.first { $0.verb == nil } ?? APILogRule(level: .off)
        return ([general] + rules.filter { $0.verb != nil }).map { Entry(api: api, rule: $0) }
    }
}

extension APILogRule {
    /// What audit rows say of a rule.
    fileprivate var auditForm: JSONValue {
        ["operation": JSONValue("\(verb ?? "*") \(target ?? "*")"), "level": JSONValue(level.rawValue)]
    }
}
