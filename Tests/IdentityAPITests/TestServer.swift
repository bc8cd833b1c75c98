import ContractRouter
import Documents
import Foundation
import Logging
import Model
import Storage
import Synchronization
import Tokens

@testable import Identity
@testable import IdentityAPI

/// The handlers of identity on a database in memory, called as the router calls them.
struct TestServer {
    let services: IdentityServices
    let store: any SQLStore
    private let table: HandlerTable
    private let verifier: IdentityVerifier
    private let clock: Mutexed

    static let password = "correct horse"

    /// A clock that tests move.
    final class Mutexed: Sendable {
        let now = Mutex<Int64>(1_800_000_000_000)
    }

    init(isReady: Bool = true) async throws {
        let clock = Mutexed()
        self.clock = clock
        let time = TimeSource { clock.now.withLock { $0 } }
        store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all).migrate(store, time: time)
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        let cost = PasswordCost(exponent: 4, blockSize: 1, parallelism: 1)
        services = try IdentityServices(
            changes: ChangeStore(store: store, delivery: NoDelivery()), vault: vault,
            settings: IdentitySettings(passwordCost: cost), time: time, generateKey: { _, _ in try TestKey.shared() })
        try await services.bootstrap.prepare(
            administrator: IdentityBootstrap.Administrator(name: "admin", password: Self.password))
        var table = HandlerTable()
        IdentityHandlers(services: services, logger: Logger(label: "test"), isReady: { isReady }).register(in: &table)
        self.table = table
        verifier = IdentityVerifier(services: services)
    }

    func advance(seconds: Int64) { clock.now.withLock { $0 += seconds * 1000 } }

    /// Sends a request to a plain route; a path that begins with `/t/{domain}` is about that tenant.
    func send(
        _ method: String, _ path: String, authorization: String? = nil, query: JSONObject = JSONObject(),
        body: APIRequest.Body = .none
    ) async throws -> APIResponse {
        var request = try await request(method, path, authorization, query, body)
        for route in table.routes where route.method == method {
            guard let parameters = Self.match(request.path, route.path) else { continue }
            request.pathParameters = parameters
            if case .user = route.authentication { request.principal = try await principal(request, path) }
            return try await route.handler(request)
        }
        throw CatalogueError.notFound("Route", id: path)
    }

    /// Calls the handler of a contract's operation.
    func call(
        _ contract: String, _ operation: String, authorization: String? = nil, body: JSONValue? = nil
    ) async throws -> APIResponse {
        guard let handler = table.operations[contract]?[operation] else {
            throw CatalogueError.notFound("Operation", id: operation)
        }
        var request = try await request("POST", "/", authorization, JSONObject(), body.map { .json($0) } ?? .none)
        if let authorization {
            let principal = try await verifier.verify(authorization: authorization, tenantDomain: nil)
            request.principal = principal
            request.tenant = principal.tenant
        }
        return try await handler(request)
    }

    private func request(
        _ method: String, _ path: String, _ authorization: String?, _ query: JSONObject, _ body: APIRequest.Body
    ) async throws -> APIRequest {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let domain = parts.count > 2 && parts[1] == "t" ? parts[2] : nil
        var tenant = Tenant.superTenant
        if let domain {
            guard let found = try await verifier.tenant(domain: domain) else {
                throw CatalogueError.notFound("Tenant", id: domain)
            }
            tenant = found
        }
        return APIRequest(
            contract: "", operationID: "", method: method,
            path: domain == nil ? path : "/" + parts.dropFirst(3).joined(separator: "/"), principal: nil, tenant: tenant,
            pathParameters: [:], query: query, headers: authorization.map { ["authorization": $0] } ?? [:], body: body,
            baseURL: "https://localhost:9443", clientAddress: "127.0.0.1", requestID: "request-1",
            milliseconds: clock.now.withLock { $0 })
    }

    private func principal(_ request: APIRequest, _ path: String) async throws -> Principal {
        guard let authorization = request.headers["authorization"] else {
            throw CatalogueError.unauthorized("Missing Credentials")
        }
        let domain = path.hasPrefix("/t/") ? request.tenant.domain : nil
        return try await verifier.verify(authorization: authorization, tenantDomain: domain)
    }

    private static func match(_ path: String, _ template: String) -> [String: String]? {
        let values = path.split(separator: "/")
        let names = template.split(separator: "/")
        guard values.count == names.count else { return nil }
        var parameters: [String: String] = [:]
        for (value, name) in zip(values, names) {
            if name.hasPrefix("{") {
                parameters[String(name.dropFirst().dropLast())] = String(value)
            } else if value != name {
                return nil
            }
        }
        return parameters
    }
}

extension TestServer {
    static let administrator = basic("admin", password)

    static func basic(_ name: String, _ password: String) -> String {
        "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
    }

    /// The header of a client that may use all grants.
    func clientAuthorization(_ name: String = "tool", caller: String = administrator, owner: String = "admin") async throws
        -> String
    {
        let answer = try await call(
            "client-registration-v0.17", "postRegister", authorization: caller,
            body: [
                "clientName": .string(name), "owner": .string(owner), "callbackUrl": "https://example.com", "saasApp": true,
                "grantType": "client_credentials password refresh_token",
            ])
        return Self.basic(answer.json["clientId"]?.string ?? "", answer.json["clientSecret"]?.string ?? "")
    }

    /// A tenant with the administrator `boss`.
    func makeTenant(_ domain: String) async throws -> Tenant {
        let answer = try await send(
            "POST", "/api/server/v1/tenants", authorization: Self.administrator,
            body: .json([
                "domain": .string(domain),
                "owners": [
                    [
                        "username": "boss", "password": "boss-password", "email": "boss@example.org", "firstname": "Bo",
                        "lastname": "Ss", "provisioningMethod": "inline-password",
                    ]
                ],
            ]))
        guard answer.status == 201 else { throw MissingValue() }
        return try await services.tenants.find(domain: domain).tenant
    }
}

struct MissingValue: Error {}

extension APIResponse {
    /// The JSON of the body, also of bytes that are JSON.
    var json: JSONValue {
        switch body {
        case .json(let json): json
        case .bytes(let bytes, _): (try? JSONValue.parse(bytes)) ?? .null
        case .none: .null
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}

/// A signing key that is made once for all tests, because making one takes long.
enum TestKey {
    private static let key = try? SigningKey.generate(commonName: "test", nowMilliseconds: 1_800_000_000_000)

    static func shared() throws -> SigningKey {
        guard let key else { throw MissingValue() }
        return key
    }
}
