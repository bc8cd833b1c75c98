import Documents
import Identity
import Model

/// Who uses key managers; other capabilities know.
public struct KeyManagerUses: Sendable {
    /// An API that takes tokens of a key manager.
    public struct API: Sendable {
        public var id: String
        public var name: String
        public var version: String
        public var context: String
        public var provider: String
        public var type: String
        public var status: String
        /// The entry of its list that matched: the key manager's name, or `all`.
        public var entry: String

        public init(
            id: String, name: String, version: String, context: String, provider: String, type: String, status: String,
            entry: String
        ) {
            self.id = id
            self.name = name
            self.version = version
            self.context = context
            self.provider = provider
            self.type = type
            self.status = status
            self.entry = entry
        }
    }

    /// The APIs of a tenant that take tokens of the key manager.
    public var apis: @Sendable (KeyManager, Tenant) async throws -> [API]
    /// The applications of a tenant that have keys of it.
    public var applications: @Sendable (KeyManager, Tenant) async throws -> [Application]
    /// Names of key managers that APIs name or applications have keys of.
    public var usedNames: @Sendable (Tenant) async throws -> Set<String>
    /// Whether one is used, within the transaction that deletes it.
    public var deletion: KeyManagers.Use

    public init(
        apis: @escaping @Sendable (KeyManager, Tenant) async throws -> [API],
        applications: @escaping @Sendable (KeyManager, Tenant) async throws -> [Application],
        usedNames: @escaping @Sendable (Tenant) async throws -> Set<String>, deletion: KeyManagers.Use
    ) {
        self.apis = apis
        self.applications = applications
        self.usedNames = usedNames
        self.deletion = deletion
    }
}

extension KeyManagerUses.API {
    var json: JSONValue {
        [
            "id": JSONValue(id), "name": JSONValue(name), "version": JSONValue(version), "context": JSONValue(context),
            "provider": JSONValue(provider), "type": "API", "transportType": JSONValue(type), "status": JSONValue(status),
            "keyManagerEntry": JSONValue(entry), "advertiseOnly": false,
        ]
    }
}
