import Documents
import Model
import Storage
import Testing

@Suite("Changes, audit and the gateways' outbox")
struct ChangeStoreTests {
    @Test(
        "what was published is delivered before the change is answered, and read again by sequence", arguments: Driver.allCases)
    func publishes(driver: Driver) async throws {
        try await withStore(driver) { store in
            let delivery = RecordedDelivery()
            let changes = ChangeStore(store: store, delivery: delivery)
            let reader = GatewayEntityReader(changes.store)
            try await changes.change(.test) { $0.publish(.put(.application(.test("a", name: "first")))) }
            try await changes.change(.test) { change in
                change.publish(.put(.application(.test("a", name: "second"))))
                change.publish(.put(.subscription(.test("s"))))
            }
            #expect(await delivery.sequences == [1, 2])
            let expected: [GatewayEntity] = [.application(.test("a", name: "second")), .subscription(.test("s"))]
            #expect(try await reader.snapshot() == .init(sequence: 2, entities: expected))
            #expect(try await reader.changes(after: 0) == .changes(through: 2, expected.map(GatewayChange.put)))
            #expect(try await reader.changes(after: 2) == .changes(through: 2, []))
            try await changes.change(.test) { $0.publish(.remove(kind: .application, key: "a")) }
            #expect(try await reader.changes(after: 2) == .changes(through: 3, [.remove(kind: .application, key: "a")]))
            #expect(try await reader.snapshot().entities == [.subscription(.test("s"))])
        }
    }

    @Test(
        "a change that fails leaves no entity, no audit row, no sequence, and nothing is delivered", arguments: Driver.allCases)
    func rollsBack(driver: Driver) async throws {
        try await withStore(driver) { store in
            let delivery = RecordedDelivery()
            let changes = ChangeStore(store: store, delivery: delivery)
            await #expect(throws: Refused.self) {
                try await changes.change(.test) { change in
                    change.publish(.put(.application(.test("a"))))
                    try change.audit("create", kind: "application", id: "a")
                    throw Refused()
                }
            }
            #expect(await delivery.sequences == [])
            let snapshot = try await GatewayEntityReader(changes.store).snapshot()
            #expect(snapshot == .init(sequence: 0, entities: []))
            let audited = try await changes.read { try $0.query("SELECT id FROM audit_row") }
            #expect(audited.isEmpty)
        }
    }

    @Test("a change that publishes nothing takes no sequence", arguments: Driver.allCases)
    func silentChange(driver: Driver) async throws {
        try await withStore(driver) { store in
            let delivery = RecordedDelivery()
            let changes = ChangeStore(store: store, delivery: delivery)
            try await changes.change(.test) { try $0.audit("view", kind: "application", id: "a") }
            #expect(await delivery.sequences == [])
            #expect(try await GatewayEntityReader(changes.store).head() == 0)
        }
    }

    @Test("an audit row says who changed what, from where, and how it was before and after", arguments: Driver.allCases)
    func audits(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            try await changes.change(.test) {
                try $0.audit("update", kind: "application", id: "a", before: ["name": "x"], after: ["name": "y", "n": 1])
            }
            let row = try #require(try await changes.read { try $0.first("SELECT * FROM audit_row") })
            #expect(try row.text("actor") == "kim@carbon.super")
            #expect(try row.int("tenant_id") == -1234)
            #expect(try row.text("client_address") == "192.0.2.7")
            #expect(try row.text("request_id") == "r-1")
            #expect(try row.int64("at") == 1_700_000_000_000)
            #expect(try row.text("action") == "update" && row.text("kind") == "application" && row.text("entity_id") == "a")
            #expect(try row.text("before_value") == #"{"name":"x"}"#)
            #expect(row.optionalText("after_value") != nil)
        }
    }

    @Test(
        "a gateway that is behind the compacted log, or ahead of a restored database, loads a snapshot",
        arguments: Driver.allCases)
    func compacts(driver: Driver) async throws {
        try await withStore(driver) { store in
            let changes = ChangeStore(store: store, delivery: RecordedDelivery())
            let reader = GatewayEntityReader(changes.store)
            for number in 1...5 {
                try await changes.change(.test) { $0.publish(.put(.application(.test("a\(number)")))) }
            }
            #expect(try await GatewayOutbox.compact(keeping: 2, in: changes.store) == 3)
            #expect(try await GatewayOutbox.compact(keeping: 2, in: changes.store) == 0)
            #expect(try await reader.changes(after: 2) == .tooOld)
            #expect(try await reader.changes(after: 6) == .tooOld)
            let last: [GatewayChange] = [.put(.application(.test("a4"))), .put(.application(.test("a5")))]
            #expect(try await reader.changes(after: 3) == .changes(through: 5, last))
            #expect(try await reader.snapshot().entities.count == 5)
        }
    }

    @Test("what gateways learn is sealed when it contains secrets, also after the key was rotated", arguments: Driver.allCases)
    func sealsSecrets(driver: Driver) async throws {
        try await withStore(driver) { store in
            let key = VaultKey.generate(.system)
            let vault = try await Vault.open(key: key, store: store)
            let changes = ChangeStore(store: store, delivery: RecordedDelivery(), vault: vault)
            let entities: [GatewayEntity] = [.api(.test(password: "0pen-sesame")), .application(.test("a"))]
            try await changes.change(.test) { change in entities.forEach { change.publish(.put($0)) } }
            let rows = try await store.read { try $0.query("SELECT value, sealed FROM gateway_entity WHERE kind = 'api'") }
            #expect(rows.map { $0.optionalText("value") } == [""])
            #expect(rows.allSatisfy { $0.optionalText("sealed")?.contains("sesame") == false })
            let reader = GatewayEntityReader(store, vault: vault)
            #expect(try await reader.snapshot().entities == entities)
            #expect(try await reader.changes(after: 0) == .changes(through: 1, entities.map(GatewayChange.put)))

            let next = VaultKey.generate(.system)
            try await Vault.rotate(from: key, to: next, columns: [GatewayEntityReader.sealedColumn], store: store)
            let reopened = GatewayEntityReader(store, vault: try await Vault.open(key: next, store: store))
            #expect(try await reopened.snapshot().entities == entities)
            await #expect(throws: StorageError.unsealFailed) { try await reader.snapshot() }
        }
    }

    @Test("an entity loses its seal with its secrets")
    func losesSeal() async throws {
        try await withStore(.sqliteMemory) { store in
            let vault = try await Vault.open(key: .generate(.system), store: store)
            let changes = ChangeStore(store: store, delivery: RecordedDelivery(), vault: vault)
            try await changes.change(.test) { $0.publish(.put(.api(.test(password: "p")))) }
            try await changes.change(.test) { $0.publish(.put(.api(.test(password: nil)))) }
            let reader = GatewayEntityReader(store)
            #expect(try await reader.snapshot().entities == [.api(.test(password: nil))])
        }
    }

    @Test("without a vault secrets are neither stored nor read")
    func needsVault() async throws {
        try await withStore(.sqliteMemory) { store in
            let open = ChangeStore(store: store, delivery: RecordedDelivery())
            await #expect(throws: StorageError.noVault) {
                try await open.change(.test) { $0.publish(.put(.api(.test(password: "p")))) }
            }
            let vault = try await Vault.open(key: .generate(.system), store: store)
            let changes = ChangeStore(store: store, delivery: RecordedDelivery(), vault: vault)
            try await changes.change(.test) { $0.publish(.put(.api(.test(password: "p")))) }
            await #expect(throws: StorageError.noVault) { try await GatewayEntityReader(store).snapshot() }
        }
    }
}
