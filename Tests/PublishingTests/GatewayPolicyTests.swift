import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Policies for all APIs of a gateway")
struct GatewayPolicyTests {
    private let flows: JSONValue = [
        "request": [
            [
                "policyName": "addHeader", "policyVersion": "v2",
                "parameters": ["headerName": "X-Region", "headerValue": "eu"],
            ]
        ]
    ]

    private func add(
        _ fixture: PublishingFixture, _ flows: JSONValue, by caller: Principal = .publisher
    ) async throws -> GatewayPolicyMapping {
        try await fixture.services.gatewayPolicies.add(
            displayName: "Region", description: "", flows: flows, by: caller, .test(caller))
    }

    private func deploy(
        _ mapping: GatewayPolicyMapping, _ wishes: [(environment: String, isDeployed: Bool)], _ fixture: PublishingFixture,
        by caller: Principal = .publisher
    ) async throws -> GatewayPolicyMapping {
        try await fixture.services.gatewayPolicies.deploy(mapping.id, wishes, by: caller, .test(caller))
    }

    private func known(_ fixture: PublishingFixture) async throws -> [GatewayGlobalPolicies] {
        try await GatewayEntityReader(fixture.store, vault: fixture.vault).snapshot().entities.compactMap {
            if case .globalPolicies(let policies) = $0 { policies } else { nil }
        }
    }

    @Test("gateways know a mapping from its deployment to its end, and follow its changes")
    func deployment() async throws {
        let fixture = try await PublishingFixture()
        let mapping = try await add(fixture, flows)
        #expect(try await known(fixture).isEmpty)
        let deployed = try await deploy(mapping, [("Default", true), ("Europe", true)], fixture)
        #expect(deployed.environments == ["Default", "Europe"])
        #expect(try await known(fixture).map(\.environment).sorted() == ["Default", "Europe"])
        _ = try await fixture.services.gatewayPolicies.update(
            mapping.id, displayName: "Region", description: "", flows: ["response": flows["request"] ?? []], by: .publisher,
            .test(.publisher))
        #expect(try await known(fixture).allSatisfy { $0.flows.request.isEmpty && $0.flows.response.count == 1 })
        _ = try await deploy(mapping, [("Default", false)], fixture)
        #expect(try await known(fixture).map(\.environment) == ["Europe"])
    }

    @Test("an environment applies one mapping: the last one that was deployed")
    func replaced() async throws {
        let fixture = try await PublishingFixture()
        let (first, second) = (try await add(fixture, flows), try await add(fixture, flows))
        _ = try await deploy(first, [("Default", true)], fixture)
        _ = try await deploy(second, [("Default", true)], fixture)
        #expect(try await known(fixture).map(\.mappingID) == [second.id])
        #expect(try await fixture.services.gatewayPolicies.mapping(first.id, for: .publisher).environments.isEmpty)
    }

    @Test("a mapping in use, and an environment with one, stay")
    func inUse() async throws {
        let fixture = try await PublishingFixture()
        let mapping = try await add(fixture, flows)
        _ = try await deploy(mapping, [("Europe", true)], fixture)
        func delete() async throws {
            try await fixture.services.gatewayPolicies.delete(mapping.id, by: .publisher, .test(.publisher))
        }
        #expect(try await code(delete) == 412)
        func isUsed(_ tenant: Tenant) async throws -> Bool {
            try await fixture.store.read { try DeploymentUse.hasPolicies(environment: "europe", tenant: tenant, in: $0) }
        }
        #expect(try await isUsed(.superTenant))
        #expect(try await !isUsed(Principal.stranger.tenant))
        _ = try await deploy(mapping, [("Europe", false)], fixture)
        try await delete()
        #expect(try await !isUsed(.superTenant))
    }

    @Test("unknown environments and policies are refused")
    func refused() async throws {
        let fixture = try await PublishingFixture()
        let mapping = try await add(fixture, flows)
        #expect(try await code { _ = try await deploy(mapping, [("Nowhere", true)], fixture) } == 900504)
        let unknown: JSONValue = ["request": [["policyName": "nothing", "policyVersion": "v1"]]]
        #expect(try await code { _ = try await add(fixture, unknown) } == 902005)
    }

    @Test("another tenant cannot see, change, deploy or delete a mapping")
    func tenants() async throws {
        let fixture = try await PublishingFixture()
        let mapping = try await add(fixture, flows)
        let policies = fixture.services.gatewayPolicies
        #expect(try await policies.list(named: "", limit: 9, offset: 0, for: .stranger).total == 0)
        #expect(try await code { _ = try await policies.mapping(mapping.id, for: .stranger) } == 404)
        #expect(try await code { try await policies.delete(mapping.id, by: .stranger, .test(.stranger)) } == 404)
        #expect(
            try await code { _ = try await deploy(mapping, [("Default", true)], fixture, by: .stranger) } == 404)
        #expect(
            try await code {
                _ = try await policies.update(
                    mapping.id, displayName: "x", description: "", flows: flows, by: .stranger, .test(.stranger))
            } == 404)
        #expect(try await policies.mapping(mapping.id, for: .publisher) == mapping)
    }
}
