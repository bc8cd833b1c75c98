import Documents
import Foundation
import Testing

@testable import Settings

@Suite struct SettingsTests {
    private func settings(_ text: String, environment: [String: String] = [:]) throws -> Settings {
        try Settings(text: text, file: "deployment.toml", environment: environment)
    }

    @Test("an empty file leaves every default")
    func defaults() throws {
        let settings = try settings("")
        #expect(settings[SettingsTable.hostname] == "localhost")
        #expect(settings[SettingsTable.managementPort] == 9443)
        #expect(settings[SettingsTable.corsMethods].contains("PATCH"))
        #expect(settings.warnings.isEmpty)
    }

    @Test("the file overrides defaults and the environment overrides the file")
    func precedence() throws {
        let text = "[server]\nhostname = \"api.example\"\noffset = 3\n"
        let settings = try settings(text, environment: ["MARTLET_SERVER_OFFSET": "7"])
        #expect(settings[SettingsTable.hostname] == "api.example")
        #expect(settings[SettingsTable.offset] == 7)
    }

    @Test("references are replaced")
    func references() throws {
        let text = """
            [server]
            hostname = "$env{HOST}.example"
            [super_admin]
            username = "$ref{server.hostname}-admin$"
            """
        let settings = try settings(text, environment: ["HOST": "api"])
        #expect(settings[SettingsTable.administratorName] == "api.example-admin$")
    }

    @Test(
        "a reference that leads nowhere or to itself is an error that names it",
        arguments: ["$env{NOPE}", "$ref{no.key}", "$ref{server.hostname}"])
    func brokenReferences(value: String) throws {
        let error = #expect(throws: SettingsError.self) { try settings("[server]\nhostname = \"\(value)\"\n") }
        #expect(error?.description.contains("server.hostname refers to") == true)
    }

    @Test("an unknown key is a warning with the nearest known key")
    func unknownKey() throws {
        let settings = try settings("[server]\nhostnam = \"x\"\n[nothing]\nlike_it = 1\n")
        #expect(
            settings.warnings.sorted() == [
                "deployment.toml: the key nothing.like_it is not known and has no effect.",
                "deployment.toml: the key server.hostnam is not known and has no effect. Is server.hostname meant?",
            ])
    }

    @Test(
        "a wrong value is an error with file, key and expectation, and without the value",
        arguments: [
            ("[server]\noffset = \"wrong-value\"", "server.offset", "a whole number from 0 to 50000"),
            ("[server]\noffset = 50001", "server.offset", "a whole number from 0 to 50000"),
            ("[super_admin]\ncreate_admin_account = \"wrong-value\"", "super_admin.create_admin_account", "true or false"),
            ("[apim.cors]\nallow_origins = [1]", "apim.cors.allow_origins", "a list of texts"),
            ("[database.apim_db]\ntype = \"wrong-value\"", "database.apim_db.type", "one of sqlite, postgresql"),
        ])
    func wrongValue(text: String, path: String, expectation: String) throws {
        let error = #expect(throws: SettingsError.self) { try settings(text) }
        #expect(error?.description == "deployment.toml: \(path) has a wrong value; expected \(expectation).")
        #expect(error?.description.contains("wrong-value") == false)
    }

    @Test("a broken file is an error with the line")
    func brokenFile() throws {
        let error = #expect(throws: SettingsError.self) { try settings("[server]\nhostname = \n") }
        #expect(error?.description.contains("line 2") == true)
    }

    @Test("the listing hides secrets")
    func listing() throws {
        let settings = try settings("[super_admin]\npassword = \"do-not-show\"\n")
        #expect(!settings.listing.contains("do-not-show"))
        #expect(settings.listing.contains("super_admin.password = (hidden)   # set"))
    }

    @Test("the paths are unique, and so are the variables")
    func uniquePaths() {
        let paths = SettingsTable.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(Set(paths.map(Settings.variable(for:))).count == paths.count)
    }

    @Test("docs/configuration.md is up to date")
    func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/configuration.md")
        if ProcessInfo.processInfo.environment["MARTLET_WRITE_PAGES"] != nil {
            try SettingsPage.markdown.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == SettingsPage.markdown)
    }
}
