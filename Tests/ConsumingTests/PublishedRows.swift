import Documents
import Model
import Storage

@testable import Consuming

/// Rows of APIs as the publishing part writes them, in tables of the same form.
enum PublishedRows {
    static let migration = Migration(
        300, "APIs",
        [
            """
            CREATE TABLE api (
                id TEXT PRIMARY KEY, number INTEGER NOT NULL, tenant_id INTEGER NOT NULL, name TEXT NOT NULL,
                version TEXT NOT NULL, display_name TEXT NOT NULL, description TEXT NOT NULL, context TEXT NOT NULL,
                context_template TEXT NOT NULL, provider TEXT NOT NULL, type TEXT NOT NULL, lifecycle_state TEXT NOT NULL,
                visibility TEXT NOT NULL, gateway_vendor TEXT NOT NULL, is_default_version INTEGER NOT NULL,
                has_thumbnail INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                row_version INTEGER NOT NULL, document TEXT NOT NULL)
            """,
            """
            CREATE TABLE api_attribute (
                api_id TEXT NOT NULL, tenant_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL)
            """,
            "CREATE TABLE api_definition (api_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, definition TEXT NOT NULL)",
            """
            CREATE TABLE api_thumbnail (
                api_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL)
            """,
            """
            CREATE TABLE api_deployment (
                api_id TEXT NOT NULL, environment TEXT NOT NULL, tenant_id INTEGER NOT NULL, vhost TEXT NOT NULL,
                display_on_devportal INTEGER NOT NULL)
            """,
        ])
}

/// An API to be written by a test.
struct PublishedRow {
    var id: String
    var number = 1
    var tenant = Tenant.superTenant
    var name = "Pizza"
    var version = "1.0.0"
    var state = "PUBLISHED"
    var visibility = "PUBLIC"
    var roles: [String] = []
    var plans = ["Gold", "Silver", "Partners", "NoTrial"]
    var tags: [String] = []
    var isThirdParty = false
    var definition: String?
    var deployments: [(environment: String, host: String, isShown: Bool)] = []

    init(_ id: String, number: Int = 1, _ change: (inout PublishedRow) -> Void = { _ in }) {
        self.id = id
        self.number = number
        change(&self)
    }

    private var document: JSONValue {
        [
            "policies": JSONValue(plans), "visibleRoles": JSONValue(roles), "tags": JSONValue(tags),
            "transport": ["http", "https"], "securityScheme": ["oauth2", "api_key"],
            "advertiseInfo": ["advertised": JSONValue(isThirdParty)],
            "scopes": [["scope": ["name": "order", "displayName": "Order", "description": "Place orders"]]],
            "operations": [["verb": "GET", "target": "/menu", "throttlingPolicy": "Unlimited"]],
        ]
    }

    func insert(in transaction: any SQLTransaction) throws {
        let context = "/\(name.lowercased())"
        try transaction.execute(
            "INSERT INTO api VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(id), SQLValue(number), .tenant(tenant), .text(name), .text(version), .text(name + " API"),
                .text("Sells \(name)"), .text("\(context)/\(version)"), .text("\(context)/{version}"), .text("admin"),
                .text("HTTP"), .text(state), .text(visibility), .text("wso2"), SQLValue(true), SQLValue(false),
                SQLValue(1000 + number), SQLValue(2000 + number), SQLValue(3), .text(document.text),
            ])
        for (kind, values) in [("tag", tags), ("role", roles)] {
            for value in values {
                try transaction.execute(
                    "INSERT INTO api_attribute VALUES (?, ?, ?, '', ?)",
                    [.text(id), .tenant(tenant), .text(kind), .text(value)])
            }
        }
        if let definition {
            try transaction.execute(
                "INSERT INTO api_definition VALUES (?, ?, ?)", [.text(id), .tenant(tenant), .text(definition)])
        }
        for deployment in deployments {
            try transaction.execute(
                "INSERT INTO api_deployment VALUES (?, ?, ?, ?, ?)",
                [
                    .text(id), .text(deployment.environment), .tenant(tenant), .text(deployment.host),
                    SQLValue(deployment.isShown),
                ])
        }
    }
}

extension ConsumingFixture {
    func publish(_ rows: PublishedRow...) async throws {
        let statements = rows.map { row in { @Sendable (transaction: any SQLTransaction) in try row.insert(in: transaction) } }
        try await store.write { transaction in for statement in statements { try statement(transaction) } }
    }

    func setState(_ state: String, of id: String) async throws {
        try await store.write { try $0.execute("UPDATE api SET lifecycle_state = ? WHERE id = ?", [.text(state), .text(id)]) }
    }
}
