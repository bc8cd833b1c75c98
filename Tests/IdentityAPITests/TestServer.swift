import ContractRouter
import ContractTesting
import Documents
import Foundation
import Logging
import Model
import Storage
import Synchronization
import Tokens

@testable import Identity
@testable import IdentityAPI

/// The endpoints of identity on a database in memory, behind the router and without a socket.
struct TestServer {
    let services: IdentityServices
    let store: any SQLStore
    private let engine: ContractEngine
    private let clock: Clock

    static let password = "correct horse"

    /// A clock that tests move.
    final class Clock: Sendable {
        let now = Mutex<Int64>(1_800_000_000_000)
    }

    init() async throws {
        let clock = Clock()
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
        IdentityHandlers(services: services, logger: Logger(label: "test")).register(in: &table)
        engine = try ContractEngine(
            handlers: table, verifier: IdentityVerifier(services: services), time: time, logger: Logger(label: "test"))
    }

    func advance(seconds: Int64) { clock.now.withLock { $0 += seconds * 1000 } }

    /// Sends a request through the contract router.
    func send(
        _ method: String, _ path: String, authorization: String? = nil, query: JSONObject = JSONObject(),
        body: APIRequest.Body = .none
    ) async throws -> TestAnswer {
        let target = query.isEmpty ? path : path + "?" + Self.encoded(query)
        let client = TestClient(engine, authorization: authorization)
        return switch body {
        case .none, .multipart: await client.send(method, target)
        case .json(let json):
            await client.send(method, target, headers: [("Content-Type", "application/json")], body: json.serialized())
        case .form(let form):
            await client.send(
                method, target, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(Self.encoded(form).utf8))
        case .bytes(let bytes, let type):
            await client.send(method, target, headers: [("Content-Type", type)], body: bytes)
        }
    }

    private static func encoded(_ form: JSONObject) -> String {
        let pairs = form.flatMap { name, value in (value.array ?? [value]).map { (name, $0.string ?? "") } }
        return pairs.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
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
        let answer = try await send(
            "POST", "/client-registration/v0.17/register", authorization: caller,
            body: .json([
                "clientName": .string(name), "owner": .string(owner), "callbackUrl": "https://example.com", "saasApp": true,
                "grantType": "client_credentials password refresh_token",
            ]))
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
