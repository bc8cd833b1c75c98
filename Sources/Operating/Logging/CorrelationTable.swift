import Model
import Storage

/// The SQL of the correlation log's components, which belong to the installation and to no tenant.
enum CorrelationTable {
    /// In the order of the names' declaration.
    static func all(in connection: any SQLConnection) throws -> [CorrelationComponent] {
        let rows = try connection.query("SELECT document FROM correlation_component", []).map {
            try StoredDocument.value(CorrelationComponent.self, try $0.text("document"))
        }
        return CorrelationComponent.Name.allCases.map { name in
            rows.first { $0.name == name } ?? CorrelationComponent(name: name)
        }
    }

    static func set(_ component: CorrelationComponent, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO correlation_component (name, document) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET document = excluded.document
            """, [.text(component.name.rawValue), .text(try StoredDocument.text(component))])
    }
}
