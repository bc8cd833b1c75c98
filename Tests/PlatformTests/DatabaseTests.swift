import Settings
import Testing

@testable import Platform

@Suite("The database of the settings")
struct DatabaseTests {
    @Test(
        "logs name it without secrets",
        arguments: [
            ("", "sqlite"), ("postgresql://db.internal:5432/apim?sslmode=require", "postgresql://db.internal:5432/apim"),
            ("postgres://kim:p@ss@db/apim?password=hush", "postgresql://db/apim"), ("hush", "postgresql"),
        ])
    func name(url: String, expected: String) throws {
        let text = url.isEmpty ? "" : "[database.apim_db]\ntype = \"postgresql\"\nurl = \"\(url)\""
        let settings = try Settings(text: text, file: "deployment.toml", environment: [:])
        #expect(Database(settings: settings, directory: "/nowhere").name == expected)
    }
}
