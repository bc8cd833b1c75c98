import Model
import Testing

@Suite("Contexts")
struct ContextTemplateTests {
    static let contexts: [(given: String, template: String, path: String, shown: String, versionless: String)] = [
        ("/pizza", "/pizza/{version}", "/pizza/1.0", "/pizza", "/pizza"),
        ("pizza", "/pizza/{version}", "/pizza/1.0", "/pizza", "/pizza"),
        ("/{version}/pizza", "/{version}/pizza", "/1.0/pizza", "/{version}/pizza", "/pizza"),
        ("/a/{version}/b", "/a/{version}/b", "/a/1.0/b", "/a/{version}/b", "/a/b"),
        ("/a/{version}", "/a/{version}", "/a/1.0", "/a", "/a"),
        ("/a(b);c.d-e_$", "/a(b);c.d-e_$/{version}", "/a(b);c.d-e_$/1.0", "/a(b);c.d-e_$", "/a(b);c.d-e_$"),
    ]

    @Test("the version has its place", arguments: contexts)
    func places(_ given: String, _ template: String, _ path: String, _ shown: String, _ versionless: String) throws {
        let context = try ContextTemplate(given, tenant: .superTenant)
        #expect(context.text == template && context.resolved(version: "1.0") == path)
        #expect(context.displayed == shown && context.withoutVersion == versionless)
    }

    @Test(
        "a tenant's context lies below the tenant's path, once",
        arguments: [
            ("/pizza", "/t/example.com/pizza/{version}"), ("/t/example.com/pizza", "/t/example.com/pizza/{version}"),
            ("/t/other.com/pizza", "/t/example.com/t/other.com/pizza/{version}"),
        ])
    func tenants(_ given: String, _ template: String) throws {
        #expect(try ContextTemplate(given, tenant: Tenant(id: 7, domain: "example.com")).text == template)
    }

    @Test(
        "what breaks the grammar is refused",
        arguments: [
            "", "/", "//", "/a/", "/a//b", "/./a", "/a/..", "/a b", "/a%2fb", "/a?b", "/a#b", "/{version}x", "/x{version}",
            "/{v}",
            "/a{", "/(a", "/a)", "/)a(", "/\u{e4}", "/t/example.com/a", "/a\n",
        ])
    func refuses(_ given: String) {
        let error = #expect(throws: CatalogueError.self) { try ContextTemplate(given, tenant: .superTenant) }
        #expect(error?.code == 900253)
    }

    @Test("a context has at most 200 characters")
    func length() throws {
        let longest = "/" + String(repeating: "a", count: 199)
        #expect(try ContextTemplate(longest, tenant: .superTenant).displayed == longest)
        let error = #expect(throws: CatalogueError.self) { try ContextTemplate(longest + "a", tenant: .superTenant) }
        #expect(error?.code == 900704)
    }
}
