import Model
import Storage
import Testing

@testable import Operating

@Suite("Gateway environments")
struct EnvironmentsTests {
    private let context = OperatingFixture.context()

    private func draft(_ name: String, hosts: [String] = ["eu.example"]) -> GatewayEnvironment {
        GatewayEnvironment(
            id: "", name: name, displayName: "Europe", virtualHosts: hosts.map { VirtualHost(host: $0) },
            properties: [.init(key: "secret", value: "swordfish")])
    }

    @Test("the configured environment comes first and belongs to every tenant", arguments: OperatingFixture.tenants)
    func configured(tenant: Tenant) async throws {
        let fixture = try await OperatingFixture()
        _ = try await fixture.environments.create(draft("Alpha"), OperatingFixture.context(tenant))
        let listed = try await fixture.environments.list(tenant: tenant)
        #expect(listed.map(\.name) == ["Default", "Alpha"])
        #expect(listed.map(\.isReadOnly) == [true, false])
        #expect(try await fixture.environments.find(id: "Default", tenant: tenant).virtualHosts.first?.httpsPort == 8243)
    }

    @Test("what is created can be read, changed and deleted")
    func lifeCycle() async throws {
        let fixture = try await OperatingFixture()
        var environment = try await fixture.environments.create(draft("EU"), context)
        #expect(try await fixture.environments.find(id: environment.id, tenant: .superTenant) == environment)
        environment.description = "Frankfurt"
        let changed = try await fixture.environments.update(id: environment.id, to: environment, context)
        #expect(changed.description == "Frankfurt")
        #expect(try await fixture.environments.find(id: environment.id, tenant: .superTenant) == changed)
        try await fixture.environments.delete(id: environment.id, context)
        #expect(try await fixture.environments.list(tenant: .superTenant).count == 1)
        #expect(try await fixture.auditActions(kind: "environment") == ["create", "delete", "update"])
    }

    @Test("names exist once, without regard to case", arguments: ["EU", "eu", "Default", "default"])
    func duplicateName(name: String) async throws {
        let fixture = try await OperatingFixture()
        _ = try await fixture.environments.create(draft("EU"), context)
        let error = try await refusal { _ = try await fixture.environments.create(draft(name), context) }
        #expect(error?.code == 900507)
        #expect(error?.status == 400)
    }

    @Test("a host is listed once")
    func duplicateHost() async throws {
        let fixture = try await OperatingFixture()
        let error = try await refusal {
            _ = try await fixture.environments.create(draft("EU", hosts: ["a.example", "A.example"]), context)
        }
        #expect(error?.code == 900509)
    }

    @Test("the configured environment can be neither changed nor deleted")
    func readOnly() async throws {
        let fixture = try await OperatingFixture()
        let update = try await refusal {
            _ = try await fixture.environments.update(id: "Default", to: draft("Default"), context)
        }
        let delete = try await refusal { try await fixture.environments.delete(id: "Default", context) }
        #expect(update?.code == 900508)
        #expect(delete?.code == 900508)
    }

    @Test("an environment keeps its name")
    func rename() async throws {
        let fixture = try await OperatingFixture()
        let environment = try await fixture.environments.create(draft("EU"), context)
        let error = try await refusal {
            _ = try await fixture.environments.update(id: environment.id, to: draft("US"), context)
        }
        #expect(error?.code == 900510)
    }

    @Test("an environment with deployments stays")
    func inUse() async throws {
        let fixture = try await OperatingFixture(usedEnvironments: ["EU"])
        let environment = try await fixture.environments.create(draft("EU"), context)
        let error = try await refusal { try await fixture.environments.delete(id: environment.id, context) }
        #expect(error?.code == 900515)
        #expect(error?.status == 409)
    }

    @Test("an environment with deployments keeps its type of keys, all else may change")
    func typeInUse() async throws {
        let fixture = try await OperatingFixture(usedEnvironments: ["EU"])
        var environment = try await fixture.environments.create(draft("EU"), context)
        #expect(environment.keyType == nil)
        environment.description = "Frankfurt"
        environment = try await fixture.environments.update(id: environment.id, to: environment, context)
        environment.type = "production"
        #expect(environment.keyType == .production)
        let changed = environment
        let error = try await refusal {
            _ = try await fixture.environments.update(id: changed.id, to: changed, context)
        }
        #expect(error?.code == 900515)
        let unused = try await OperatingFixture()
        var free = try await unused.environments.create(draft("EU"), context)
        free.type = "Sandbox"
        #expect(try await unused.environments.update(id: free.id, to: free, context).keyType == .sandbox)
    }

    @Test("another tenant's environment is not found")
    func otherTenant() async throws {
        let fixture = try await OperatingFixture()
        let id = try await fixture.environments.create(draft("EU"), context).id
        let other = OperatingFixture.context(OperatingFixture.other)
        let attempts: [() async throws -> Void] = [
            { _ = try await fixture.environments.find(id: id, tenant: OperatingFixture.other) },
            { _ = try await fixture.environments.update(id: id, to: draft("EU"), other) },
            { try await fixture.environments.delete(id: id, other) },
        ]
        for attempt in attempts { #expect(try await refusal(attempt)?.code == 900506) }
        #expect(try await fixture.environments.list(tenant: OperatingFixture.other).count == 1)
    }

    @Test("credentials of connectors lie sealed in the database")
    func sealed() async throws {
        let fixture = try await OperatingFixture()
        let environment = try await fixture.environments.create(draft("EU"), context)
        #expect(environment.properties.first?.value == "swordfish")
        let stored = try await fixture.store.read { connection in
            try connection.query("SELECT document FROM gateway_environment").map { try $0.text("document") }
        }
        let audited = try await fixture.store.read { connection in
            try connection.query("SELECT after_value FROM audit_row").compactMap { $0.optionalText("after_value") }
        }
        #expect(stored.count == 1)
        #expect(!(stored + audited).contains { $0.contains("swordfish") })
    }
}
