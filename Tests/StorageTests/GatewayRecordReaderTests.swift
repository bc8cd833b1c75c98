import Model
import Storage
import Testing

@Suite("What gateways in other processes read")
struct GatewayRecordReaderTests {
    private static func put(_ ids: [String], in changes: ChangeStore) async throws {
        try await changes.change(.test) { change in
            for id in ids { change.publish(.put(.application(.test(id)))) }
        }
    }

    @Test("pages hold every entity once, in order", arguments: Driver.allCases)
    func pages(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            let ids = (0..<25).map { $0 < 10 ? "a0\($0)" : "a\($0)" }
            try await Self.put(ids, in: changes)
            try await changes.change(.test) { $0.publish(.put(.subscription(.test("s")))) }
            let reader = GatewayRecordReader(store)
            var keys: [String] = []
            var last: GatewayRecord?
            repeat {
                let page = try await reader.page(after: last, limit: 10)
                keys += page.map(\.key)
                last = page.last
            } while last != nil
            #expect(keys == ids + ["s"])
        }
    }

    @Test("changes name whose they are, also of what is gone, each entity once", arguments: Driver.allCases)
    func changes(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            let reader = GatewayRecordReader(store)
            try await Self.put(["a", "b"], in: changes)
            let position = try await reader.position()
            try await changes.change(.test) { $0.publish(.remove(kind: .application, key: "a")) }
            try await Self.put(["b"], in: changes)
            try await Self.put(["b"], in: changes)
            guard case .changes(let through, let records) = try await reader.changes(after: position) else {
                Issue.record("the position is known")
                return
            }
            #expect(through == (try await reader.position()))
            #expect(through.sequence == 4)
            #expect(records.map(\.key) == ["a", "b"])
            #expect(records.map(\.tenant) == [-1234, -1234])
            #expect(records[0].value == nil)
            #expect(records[1].value != nil)
        }
    }

    @Test("a position of another history, of the future or before the compaction is gone", arguments: Driver.allCases)
    func gone(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            let reader = GatewayRecordReader(store)
            try await Self.put(["a"], in: changes)
            let first = try await reader.position()
            for _ in 0..<3 { try await Self.put(["b"], in: changes) }
            #expect(try await reader.changes(after: first) != .gone)
            #expect(try await reader.changes(after: FeedPosition(sequence: 1, mark: "another")) == .gone)
            #expect(try await reader.changes(after: FeedPosition(sequence: 4, mark: first.mark)) == .gone)
            #expect(try await reader.changes(after: FeedPosition(sequence: 5, mark: first.mark)) == .gone)
            let last = try await reader.position()
            try await GatewayOutbox.compact(keeping: 0, in: store)
            #expect(try await reader.changes(after: first) == .gone)
            #expect(try await reader.changes(after: last) == .changes(through: last, []))
        }
    }

    @Test("the log tells which revision a gateway serves that stands at an older change", arguments: Driver.allCases)
    func history(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            for revision in ["r1", "r2"] {
                try await changes.change(.test) { $0.publish(.put(.api(.test("api", revision: revision)))) }
            }
            try await changes.change(.test) { $0.publish(.put(.api(.test("api2", revision: "x")))) }
            try await changes.read { connection in
                let history = DeploymentHistory(connection)
                let deployments = try history.deployments(ofAPI: "api", tenant: -1234)
                #expect(deployments == [.init(environment: "Default", revisionID: "r2", sequence: 2)])
                #expect(try history.deployments(ofAPI: "api", tenant: 1).isEmpty)
                #expect(try history.revision(ofAPI: "api", environment: "Default", at: 0) == nil)
                #expect(try history.revision(ofAPI: "api", environment: "Default", at: 1) == "r1")
                #expect(try history.revision(ofAPI: "api", environment: "Default", at: 9) == "r2")
            }
        }
    }
}

extension GatewayAPI {
    static func test(_ id: String, revision: String) -> GatewayAPI {
        GatewayAPI(
            id: id, number: 1, environment: "Default", revisionID: revision, tenant: -1234, tenantDomain: "carbon.super",
            name: id, version: "1", provider: "kim", type: "HTTP", context: "/\(id)/1", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: [], securitySchemes: [], authorizationHeader: "Authorization",
            apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [], requiresSubscription: true, cors: nil, policy: nil,
            production: nil, sandbox: nil, operations: [])
    }
}
