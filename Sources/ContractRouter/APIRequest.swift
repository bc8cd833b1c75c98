import Documents
import Model

/// A management request after routing, authentication, scope check and validation: what a handler sees.
public struct APIRequest: Sendable {
    /// Name of the contract, for instance `publisher-v4`; empty for plain routes.
    public var contract: String
    public var operationID: String
    /// Upper-case verb.
    public var method: String
    /// Path below the server root, without `/t/{domain}` and without query.
    public var path: String
    /// Who calls; `nil` only on anonymous operations and plain routes without a credential.
    public var principal: Principal?
    /// The tenant that the request is about: from `/t/{domain}`, `X-WSO2-Tenant` where the contract has it, or the principal.
    public var tenant: Tenant
    /// Percent-decoded values by name.
    public var pathParameters: [String: String]
    /// Query values coerced to the contract's types, defaults filled in; repeated ones as arrays. Plain routes: strings.
    public var query: JSONObject
    /// Header values by lower-case name; repeated ones joined by `, `.
    public var headers: [String: String]
    public var body: Body
    /// `http://host:port` or `https://…` as the client addressed it.
    public var baseURL: String
    public var clientAddress: String
    public var requestID: String
    /// When the request came in, milliseconds since 1970.
    public var milliseconds: Int64
    /// The version that the client expects the row to have (`If-Match`); a change of another version throws
    /// ``CatalogueError/preconditionFailed``. `nil` when the client does not care.
    public var ifMatch: Int64?

    public enum Body: Sendable {
        case none
        case json(JSONValue)
        /// `application/x-www-form-urlencoded`, values as strings, repeated ones as arrays.
        case form(JSONObject)
        case multipart([Part])
        /// Any other media type, whole.
        case bytes([UInt8], contentType: String)
    }

    /// One part of a multipart body (RFC 7578).
    public struct Part: Sendable {
        public var name: String
        public var fileName: String?
        public var contentType: String?
        public var bytes: [UInt8]
        /// The parsed document where the contract gives the part a JSON schema.
        public var json: JSONValue?

        public init(name: String, fileName: String?, contentType: String?, bytes: [UInt8], json: JSONValue? = nil) {
            self.name = name
            self.fileName = fileName
            self.contentType = contentType
            self.bytes = bytes
            self.json = json
        }
    }

    public init(
        contract: String, operationID: String, method: String, path: String, principal: Principal?, tenant: Tenant,
        pathParameters: [String: String], query: JSONObject, headers: [String: String], body: Body, baseURL: String,
        clientAddress: String, requestID: String, milliseconds: Int64
    ) {
        self.contract = contract
        self.operationID = operationID
        self.method = method
        self.path = path
        self.principal = principal
        self.tenant = tenant
        self.pathParameters = pathParameters
        self.query = query
        self.headers = headers
        self.body = body
        self.baseURL = baseURL
        self.clientAddress = clientAddress
        self.requestID = requestID
        self.milliseconds = milliseconds
    }
}

extension APIRequest {
    /// The JSON body; an empty object when there is none (a contract that requires a body refuses earlier).
    public var json: JSONValue { if case .json(let value) = body { value } else { .object(JSONObject()) } }

    /// The caller, or a 401 on operations that need one.
    public func caller() throws -> Principal {
        guard let principal else { throw CatalogueError.unauthorized("Missing Credentials") }
        return principal
    }

    /// The path parameter `name`; the router has made sure that it is there.
    public func pathParameter(_ name: String) -> String { pathParameters[name] ?? "" }

    public func part(_ name: String) -> Part? {
        guard case .multipart(let parts) = body else { return nil }
        return parts.first { $0.name == name }
    }

    /// The circumstances for the audit row of a change.
    public var changeContext: ChangeContext {
        ChangeContext(
            actor: principal?.qualifiedName ?? "anonymous", tenant: tenant, clientAddress: clientAddress,
            requestID: requestID, milliseconds: milliseconds)
    }

    public var page: Page { Page(limit: query["limit"]?.int ?? 25, offset: query["offset"]?.int ?? 0) }
}

/// The part of a list that a client asked for.
public struct Page: Sendable, Hashable {
    public var limit: Int
    public var offset: Int

    public init(limit: Int, offset: Int) {
        self.limit = max(limit, 0)
        self.offset = max(offset, 0)
    }
}
