import Testing

@testable import GatewayCore

struct FieldTableTests {
    private static func field(_ number: Int) -> HeaderField {
        HeaderField(name: ByteSpan(start: number, count: 1), value: ByteSpan(start: number, count: 2), known: .other)
    }

    @Test("a table grows, and all views of it see the same fields")
    func grows() {
        let table = FieldTable(capacity: 2)
        withExtendedLifetime(table) {
            let early = table.fields
            for number in 0..<100 { table.fields.append(Self.field(number)) }
            #expect(early.map(\.name.start) == (0..<100).map(Int32.init))
            early[7].known = .removed
            #expect(table.fields[7].known == .removed)
            table.fields.removeAll()
            #expect(early.isEmpty)
        }
    }

    @Test("a copy goes its own way")
    func copies() {
        let table = FieldTable()
        table.fields.append(Self.field(1))
        let copy = FieldTable(copying: table.fields)
        withExtendedLifetime((table, copy)) {
            copy.fields[0].known = .removed
            copy.fields.append(Self.field(2))
            #expect(table.fields.count == 1 && table.fields[0].known == .other)
            #expect(copy.fields.count == 2)
        }
    }
}
