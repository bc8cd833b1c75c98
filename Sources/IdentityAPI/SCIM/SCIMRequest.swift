import ContractRouter
import Documents
import Model

/// A refusal with the `scimType` of RFC 7644 §3.12.
struct SCIMError: Error {
    var type: String
    var detail: String

    static func invalidValue(_ detail: String) -> Self { Self(type: "invalidValue", detail: detail) }
    static func invalidFilter(_ detail: String) -> Self { Self(type: "invalidFilter", detail: detail) }
    static func invalidPath(_ detail: String) -> Self { Self(type: "invalidPath", detail: detail) }
    static func invalidSyntax(_ detail: String) -> Self { Self(type: "invalidSyntax", detail: detail) }
}

extension HandlerTable {
    /// A SCIM route: for administrators of the request's tenant, or tokens with `scope`; `nil` lets all its users through.
    mutating func scim(_ method: String, _ path: String, scope: String?, _ handler: @escaping Handler) {
        route(method, path, authentication: .user(scopes: [])) { request in
            do {
                try request.authorizeAdministration(scope: scope)
                return try await handler(request)
            } catch let error as SCIMError {
                return SCIMAnswer.error(.badRequest(error.detail), type: error.type)
            } catch let error as CatalogueError {
                return SCIMAnswer.error(error)
            }
        }
    }
}

extension APIRequest {
    /// Lets administrators of the request's tenant through, and tokens with `scope`; `nil` lets all its users through.
    func authorizeAdministration(scope: String?) throws {
        let caller = try caller()
        let isAdministrator = caller.roles.contains(BuiltInRole.administrator.rawValue) && caller.consumerKey == nil
        guard caller.tenant == tenant else { throw CatalogueError.userOfAnotherTenant }
        guard let scope, !isAdministrator else { return }
        guard caller.scopes.contains(scope) else { throw CatalogueError.forbidden("The operation needs the scope \(scope)") }
    }

    /// The JSON object of the body, whatever JSON media type the client gave it.
    func scimBody() throws -> JSONObject {
        let json: JSONValue? =
            switch body {
            case .json(let json): json
            case .bytes(let bytes, let contentType) where contentType.contains("json"): try? JSONValue.parse(bytes)
            default: nil
            }
        guard let object = json?.object else { throw SCIMError.invalidSyntax("The body must be a JSON object") }
        return object
    }

    /// The address of a resource of this tenant.
    func location(_ path: String) -> String { baseURL + (tenant.isSuper ? "" : "/t/\(tenant.domain)") + path }
}

/// What a client wants of a list (RFC 7644 §3.4.2).
struct SCIMListRequest {
    var filter: SCIMFilter?
    /// From 1.
    var startIndex: Int
    /// `nil` means all.
    var count: Int?
    private var attributes: [String]
    private var excluded: [String]
    /// Name of the user store, `nil` for all.
    var store: String?

    /// Reads `filter`, `startIndex`, `count`, `attributes`, `excludedAttributes` and `domain` of a query string or search body.
    init(_ members: JSONObject) throws {
        filter = try members["filter"]?.string.map(SCIMFilter.init)
        startIndex = max(try Self.integer(members, "startIndex") ?? 1, 1)
        count = try Self.integer(members, "count").map { max($0, 0) }
        attributes = Self.names(members["attributes"])
        excluded = Self.names(members["excludedAttributes"])
        store = members["domain"]?.string
    }

    private static func integer(_ members: JSONObject, _ name: String) throws -> Int? {
        guard let value = members[name] else { return nil }
        guard let integer = value.int ?? value.string.flatMap({ Int($0) }) else {
            throw SCIMError.invalidValue("\(name) must be an integer")
        }
        return integer
    }

    private static func names(_ value: JSONValue?) -> [String] {
        let texts = value?.strings ?? value?.string.map { [$0] } ?? []
        return texts.flatMap { $0.split(separator: ",") }.map { name in
            name.split(separator: ".")[0].trimmingPrefix { $0 == " " }.lowercased()
        }
    }

    /// The resource with the members that were asked for; `id` and `schemas` are always there.
    func selected(_ resource: JSONValue) -> JSONValue {
        guard let object = resource.object, !attributes.isEmpty || !excluded.isEmpty else { return resource }
        return .object(
            JSONObject(
                object.filter { name, _ in
                    let name = name.lowercased()
                    if name == "id" || name == "schemas" { return true }
                    return !excluded.contains(name) && (attributes.isEmpty || attributes.contains(name))
                }.map { ($0.name, $0.value) }))
    }
}
