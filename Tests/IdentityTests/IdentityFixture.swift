import Documents
import Foundation
import Model
import Storage
import Synchronization
import Tokens

@testable import Identity

/// A prepared identity on a database in memory, with a clock that the test moves.
struct IdentityFixture {
    let services: IdentityServices
    let store: any SQLStore
    let clock: TestClock
    let delivery: RecordingDelivery

    static let password = "correct horse"

    init(settings: IdentitySettings = .test, steps: [TenantPreparation.Step] = []) async throws {
        store = try SQLiteStore.temporary()
        let clock = TestClock()
        self.clock = clock
        try await Migrator(IdentityMigrations.all).migrate(store, time: clock.source)
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        delivery = RecordingDelivery()
        services = try IdentityServices(
            changes: ChangeStore(store: store, delivery: delivery), vault: vault, settings: settings, time: clock.source,
            tenantSteps: steps, generateKey: TestKeys.next)
        try await services.bootstrap.prepare(
            administrator: IdentityBootstrap.Administrator(name: "admin", password: Self.password))
    }

    func context(_ tenant: Tenant = .superTenant) -> ChangeContext {
        ChangeContext(
            actor: "test", tenant: tenant, clientAddress: "127.0.0.1", requestID: "r", milliseconds: clock.source.milliseconds)
    }

    /// A client of `admin` with all grants.
    func client(
        _ name: String = "app", grants: [String] = TokenEndpoint.grantTypes, type: AccessTokenType = .jwt,
        attributes: OAuthClientAttributes = OAuthClientAttributes(), tenant: Tenant = .superTenant, shared: Bool = true
    ) async throws -> OAuthClientCredentials {
        let owner = try require(try await services.users.user(named: "admin", in: tenant))
        let draft = OAuthClientDraft(
            name: name, ownerID: owner.id, ownerName: owner.name, grantTypes: grants, tokenType: type,
            servesAllTenants: shared, attributes: attributes)
        return try await services.changes.change(context(tenant)) { [services] in
            try services.clients.register(draft, in: $0)
        }
    }

    func request(
        _ parameters: [String: String], client: OAuthClientCredentials? = nil, tenant: Tenant = .superTenant
    ) -> TokenRequest {
        TokenRequest(
            parameters: parameters.mapValues { [$0] }, queryNames: [],
            authorization: client.map { Self.basic($0.client.consumerKey, $0.secret) }, tenant: tenant,
            clientAddress: "127.0.0.1", requestID: "r", milliseconds: clock.source.milliseconds)
    }

    /// A token of the password grant for `admin`.
    func passwordToken(_ client: OAuthClientCredentials, scope: String = "") async throws -> IssuedToken {
        try await services.tokenEndpoint.token(
            request(
                ["grant_type": "password", "username": "admin", "password": Self.password, "scope": scope], client: client))
    }

    static func basic(_ name: String, _ password: String) -> String {
        "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
    }
}

/// The value, or an error that fails the test.
func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw MissingValue() }
    return value
}

struct MissingValue: Error {}

extension IdentitySettings {
    /// As delivered, with passwords that are quick to check.
    static let test = IdentitySettings(passwordCost: PasswordCost(exponent: 4, blockSize: 1, parallelism: 1))
}

final class TestClock: Sendable {
    private let now = Mutex<Int64>(1_800_000_000_000)

    var source: TimeSource { TimeSource { self.now.withLock { $0 } } }
    func advance(seconds: Int64) { now.withLock { $0 += seconds * 1000 } }
}

/// Remembers which changes were to be delivered.
final class RecordingDelivery: ChangeDelivery {
    private let delivered = Mutex<[Int64]>([])

    var sequences: [Int64] { delivered.withLock { $0 } }
    func delivered(_ sequence: Int64) async { delivered.withLock { $0.append(sequence) } }
}

/// Signing keys that are made once for all tests, because making one takes long.
enum TestKeys {
    private static let keys: [SigningKey] = (0..<2).compactMap { number in
        try? SigningKey.generate(commonName: "test \(number)", nowMilliseconds: 1_800_000_000_000)
    }

    /// A key for a tenant; different tenants of one fixture get different keys.
    static let next: SigningKeyring.Generator = { name, _ in
        guard keys.count == 2 else { throw MissingValue() }
        return keys[name == Tenant.superTenant.domain ? 0 : 1]
    }
}
