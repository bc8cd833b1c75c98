import Testing

@testable import GatewayCore

@Suite("Lines about statements")
struct StatementLineTests {
    private func line(_ sql: String, database: String = "sqlite", id: String? = "a-1") -> String {
        let line = StatementLine(database: database, sql: sql, milliseconds: 12, correlationID: id)
        return String(decoding: line.bytes(now: 1_700_000_000_123), as: UTF8.self)
    }

    @Test("a statement is one line, whatever is in it")
    func lines() {
        #expect(line("SELECT 1") == "2023-11-14 22:13:20,123|a-1|database|12|jdbc|sqlite|SELECT 1\n")
        #expect(line("SELECT a || b\r\n    FROM c\n", id: nil).hasSuffix("|-|database|12|jdbc|sqlite|SELECT a || b FROM c\n"))
        #expect(line("SELECT 1", database: "x|y").contains("|jdbc|x_y|SELECT"))
    }
}
