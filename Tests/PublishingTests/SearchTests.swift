import Documents
import Model
import Testing

@testable import Publishing

@Suite("Searching APIs")
struct SearchTests {
    static let queries: [(String, [String])] = [
        ("", ["Soup", "Pasta", "Pizza"]), ("pi", ["Pizza"]), ("PIZ", ["Pizza"]), ("name:pa", ["Pasta"]),
        ("name:\"pizza\"", ["Pizza"]), ("name:\"piz\"", []), ("name:piz name:sou", ["Soup", "Pizza"]),
        ("name:p version:2", ["Pasta"]), ("context:/pas", ["Pasta"]), ("context:\"/pizza/1.0.0\"", ["Pizza"]),
        ("tags:hot", ["Soup", "Pizza"]), ("tag:hot tag:cold", ["Soup", "Pasta", "Pizza"]),
        ("status:created", ["Soup", "Pasta", "Pizza"]),
        ("lcState:published", []), ("provider:kim", ["Soup", "Pasta", "Pizza"]), ("description:with cheese", ["Pizza"]),
        ("api-category:food", ["Soup"]), ("chef:anna", ["Soup"]), ("chef:ann", ["Soup"]),
        ("endpointConfig:backend", ["Soup", "Pasta", "Pizza"]),
        ("content:/menu", ["Soup", "Pasta", "Pizza"]), ("type:http", ["Soup", "Pasta", "Pizza"]), ("100%", []),
        ("thirdParty:true", []),
        ("thirdParty:false", ["Soup", "Pasta", "Pizza"]), ("_", []),
        ("name:' OR 1=1 --", []), ("name:p*a", ["Pasta", "Pizza"]),
    ]

    @Test("a query finds what it says", arguments: queries)
    func finds(_ query: String, _ expected: [String]) async throws {
        let fixture = try await menu()
        let found = try await fixture.services.apis.list(query, limit: 10, offset: 0, for: .publisher)
        #expect(found.apis.map(\.name) == expected)
        #expect(found.total == expected.count)
    }

    @Test("pages follow each other without gaps")
    func pages() async throws {
        let fixture = try await menu()
        var names: [String] = []
        for offset in 0..<4 {
            let page = try await fixture.services.apis.list("", limit: 1, offset: offset, for: .publisher)
            #expect(page.total == 3)
            names += page.apis.map(\.name)
        }
        #expect(names == ["Soup", "Pasta", "Pizza"])
    }

    @Test("words without a key continue the value before them, quotes hold values together")
    func parses() {
        let query = SearchQuery("pizza shack provider:\"a b\" tag:x tag:y", defaultKey: "name")
        #expect(query.terms.map(\.key) == ["name", "provider", "tag"])
        #expect(query.terms[0].values == [.init(text: "pizza shack", isExact: false)])
        #expect(query.terms[1].values == [.init(text: "a b", isExact: true)])
        #expect(query.terms[2].values.map(\.text) == ["x", "y"])
    }

    private func menu() async throws -> PublishingFixture {
        let fixture = try await PublishingFixture()
        _ = try await fixture.create(["tags": ["Hot"], "description": "Dough with cheese"], at: 1000)
        _ = try await fixture.create(["name": "Pasta", "context": "/pasta", "version": "2.0", "tags": ["cold"]], at: 2000)
        _ = try await fixture.create(
            [
                "name": "Soup", "context": "/soup", "tags": ["hot"], "categories": ["Food"],
                "additionalProperties": [["name": "chef", "value": "Anna", "display": true]],
            ], at: 3000)
        return fixture
    }
}
