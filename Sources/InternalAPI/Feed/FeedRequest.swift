import ContractRouter
import Model
import Operating

/// What a gateway asks for: who it is, what it serves, and how far it is.
struct FeedRequest: Sendable {
    var gatewayID: String
    var environments: [String]
    /// Domains; empty for all.
    var tenants: [String]
    var host: String
    var version: String
    var startedMilliseconds: Int64
    /// `nil` asks for everything.
    var position: FeedPosition?

    /// Throws a ``CatalogueError`` that names what is wrong.
    init(_ request: APIRequest) throws {
        typealias Name = FeedProtocol.Parameter
        let schema = try Self.text(Name.schema, request, limit: 16)
        guard schema == String(FeedProtocol.schema) else {
            throw CatalogueError.feedSchemaUnsupported(schema, known: FeedProtocol.schema)
        }
        gatewayID = try Self.text(Name.gateway, request, limit: 128)
        guard !gatewayID.isEmpty else { throw CatalogueError.badRequest("\(Name.gateway): the gateway's id is expected") }
        environments = try Self.list(Name.environments, request)
        tenants = try Self.list(Name.tenants, request).map { $0.lowercased() }
        host = try Self.text(Name.host, request, limit: 255)
        version = try Self.text(Name.version, request, limit: 64)
        startedMilliseconds = try Self.number(Name.startedAt, request) ?? request.milliseconds
        position = try Self.number(Name.after, request).map {
            FeedPosition(sequence: $0, mark: try Self.text(Name.mark, request, limit: 64))
        }
    }

    /// What the gateway may learn, or a 403 when its token does not reach as far as it asks.
    func scope(
        of token: GatewayToken, tenant: GatewayTokens.TenantLookUp
    ) async throws -> (scope: FeedScope, tenants: [String], environments: [String]) {
        let allowed = Set(token.environments.map { $0.lowercased() })
        for name in environments where !allowed.isEmpty && !allowed.contains(name.lowercased()) {
            throw CatalogueError.feedForbidden(environment: name)
        }
        for domain in tenants where !token.tenants.isEmpty && !token.tenants.contains(domain) {
            throw CatalogueError.feedForbidden(tenant: domain)
        }
        let domains = tenants.isEmpty ? token.tenants : tenants
        var numbers: Set<Int> = []
        for domain in domains {
            guard let found = try await tenant(domain) else { throw CatalogueError.tenantNotFound(domain) }
            numbers.insert(found.id)
        }
        let names = environments.isEmpty ? token.environments : environments
        let scope = FeedScope(
            tenants: domains.isEmpty ? nil : numbers, environments: names.isEmpty ? nil : Set(names))
        return (scope, domains, names)
    }

    private static func text(_ name: String, _ request: APIRequest, limit: Int) throws -> String {
        switch request.query[name] {
        case nil: return ""
        case .string(let text)?:
            guard text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { fallthrough }
            return text
        default: throw CatalogueError.badRequest("\(name): one text of at most \(limit) bytes is expected")
        }
    }

    private static func list(_ name: String, _ request: APIRequest) throws -> [String] {
        try text(name, request, limit: 8192).split(separator: ",").map(String.init)
    }

    private static func number(_ name: String, _ request: APIRequest) throws -> Int64? {
        let text = try text(name, request, limit: 20)
        guard !text.isEmpty else { return nil }
        guard let number = Int64(text), number >= 0 else { throw CatalogueError.badRequest("\(name): a number is expected") }
        return number
    }
}
