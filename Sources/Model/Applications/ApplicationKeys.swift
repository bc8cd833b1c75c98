/// Which OAuth2 client an application uses for one key type at one key manager.
public struct ApplicationKeyMapping: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable {
        /// The platform made the client, so deleting the keys deletes it.
        case created = "CREATED"
        /// The client existed before.
        case mapped = "MAPPED"
    }

    /// UUID.
    public var id: String
    public var applicationID: String
    public var tenant: Tenant
    /// Name of the key manager, for instance `Resident Key Manager`.
    public var keyManager: String
    public var keyType: KeyType
    public var consumerKey: String
    public var mode: Mode
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64

    public init(
        id: String, applicationID: String, tenant: Tenant, keyManager: String, keyType: KeyType, consumerKey: String,
        mode: Mode, createdMilliseconds: Int64
    ) {
        self.id = id
        self.applicationID = applicationID
        self.tenant = tenant
        self.keyManager = keyManager
        self.keyType = keyType
        self.consumerKey = consumerKey
        self.mode = mode
        self.createdMilliseconds = createdMilliseconds
    }
}

extension GatewayKeyMapping {
    /// The form in which gateways know `mapping`.
    public init(_ mapping: ApplicationKeyMapping) {
        self.init(
            tenant: mapping.tenant.id, keyManager: mapping.keyManager, consumerKey: mapping.consumerKey,
            applicationID: mapping.applicationID, keyType: mapping.keyType)
    }
}
