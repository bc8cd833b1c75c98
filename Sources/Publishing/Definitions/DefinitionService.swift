import Definitions
import Documents
import Model
import OutgoingHTTP
import Storage

/// OpenAPI definitions: imported, validated, shown and replaced.
public struct DefinitionService: Sendable {
    /// Where a client says a definition is.
    public enum Source: Sendable {
        case bytes([UInt8])
        case url(String)
    }

    /// What a validation found.
    public enum Finding: Sendable {
        case valid(OpenAPIDefinition)
        case invalid(CatalogueError)
    }

    private let foundation: PublishingFoundation
    private var apis: APIService { APIService(foundation: foundation) }

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// Reads a definition. Throws the catalogue's error for what is wrong with it or with its URL.
    public func read(_ source: Source) async throws -> OpenAPIDefinition {
        try OpenAPIReader(maximumSize: foundation.limits.definitionSize).read(try await bytes(of: source))
    }

    /// As ``read(_:)``, with what is wrong as a value.
    public func validate(_ source: Source) async throws -> Finding {
        do {
            return .valid(try await read(source))
        } catch let error as CatalogueError {
            return .invalid(error)
        }
    }

    /// Makes an API from a definition and from `members` of the API object, which win over what the definition says.
    public func importAPI(
        _ source: Source, _ members: JSONObject, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        let definition = try await read(source)
        guard !definition.operations.isEmpty else { throw CatalogueError.noResources }
        var all = definition.members
        all["name"] = JSONValue(definition.title)
        all["version"] = JSONValue(definition.version)
        all["context"] = JSONValue(definition.suggestedContext)
        all["description"] = JSONValue(definition.description)
        for (name, value) in members where !value.isNull { all[name] = value }
        if members["operations"]?.array?.isEmpty ?? true { all["operations"] = .array(definition.operations) }
        if members["scopes"]?.array?.isEmpty ?? true {
            all["scopes"] = .array(definition.scopes.map { ScopeRules.json($0, id: nil, isShared: false) })
        }
        if all["endpointConfig"] == nil, let server = definition.servers.first {
            all["endpointConfig"] = [
                "endpoint_type": "http", "production_endpoints": ["url": JSONValue(server)],
                "sandbox_endpoints": ["url": JSONValue(server)],
            ]
        }
        return try await apis.create(all, definition: definition.document, by: caller, context)
    }

    /// The definition as publishers see it, with all management extensions; JSON text.
    public func definition(ofAPI id: String, for caller: Principal) async throws -> (text: String, version: Int64) {
        try await foundation.changes.read { connection in
            let api = try APIAccess.visible(id, to: caller, in: connection)
            guard let text = try DefinitionStore.find(ofAPI: id, tenant: api.tenantID, in: connection) else {
                throw CatalogueError.definitionNotFound(id)
            }
            return (try Self.managementView(text, of: api), api.rowVersion)
        }
    }

    /// Replaces the definition and with it operations and scopes; operations that stay keep their policies. Returns the management view.
    public func replace(
        ofAPI id: String, with source: Source, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> (text: String, version: Int64) {
        let definition = try await read(source)
        guard !definition.operations.isEmpty else { throw CatalogueError.noResources }
        let stored = try await foundation.changes.read { connection in
            let api = try APIAccess.editable(id, by: caller, in: connection)
            try APIAccess.check(expects, of: api)
            return api
        }
        var changed = stored
        changed.document["operations"] = .array(
            try await OperationTiers(policies: foundation.policies).settled(
                OperationRules.checked(Self.merged(definition.operations, with: stored.operations)), of: caller.tenant))
        changed.document["scopes"] = .array(definition.scopes.map { ScopeRules.json($0, id: nil, isShared: false) })
        if let endpoints = definition.members["endpointConfig"]?.object {
            var configuration = stored.endpointConfig ?? JSONObject()
            for (name, value) in endpoints { configuration[name] = value }
            try EndpointRules(policy: foundation.endpointPolicy).check(configuration)
            changed.document["endpointConfig"] = .object(configuration)
        }
        _ = try await apis.replace(stored, by: changed, definition: definition.document, by: caller, context)
        return try await self.definition(ofAPI: id, for: caller)
    }

    private static func merged(_ operations: [JSONValue], with stored: [JSONValue]) -> [JSONValue] {
        operations.map { operation in
            let old = stored.first { $0["verb"] == operation["verb"] && $0["target"] == operation["target"] }
            var merged = operation
            merged["operationPolicies"] = old?["operationPolicies"]
            merged["id"] = old?["id"]
            merged["usedProductIds"] = old?["usedProductIds"]
            return merged
        }
    }

    private static func managementView(_ text: String, of api: APIRecord) throws -> String {
        OpenAPIManagementView(api).applied(to: try JSONValue.parse(text)).prettyPrinted()
    }

    private func bytes(of source: Source) async throws -> [UInt8] {
        switch source {
        case .bytes(let bytes): return bytes
        case .url(let url):
            do {
                return try await foundation.fetcher.get(url).body
            } catch .status(let status) {
                throw CatalogueError.definitionURLStatus(status)
            } catch {
                throw CatalogueError.definitionURLUnreachable(error.reason)
            }
        }
    }
}
