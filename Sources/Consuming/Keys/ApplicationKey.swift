import Documents
import Identity
import Model
import Storage

/// The keys of one type as their owner sees them.
public struct ApplicationKey: Sendable {
    public var mapping: ApplicationKeyMapping
    /// `nil` when the client is gone, or that of a key manager of somebody else.
    public var credentials: OAuthClientCredentials?
    /// The client at a key manager of somebody else.
    public var external: ExternalClient?
    /// The token made together with the keys.
    public var token: IssuedToken?

    /// The callback addresses with commas between.
    public var callback: String {
        external.map { $0.redirectURIs.joined(separator: ",") } ?? Callback.text(credentials?.client.callback ?? "")
    }

    public var grantTypes: [String] { external?.grantTypes ?? credentials?.client.grantTypes ?? [] }

    /// `nil` when there is no client.
    public var secret: String? { external?.secret ?? credentials?.secret }

    /// The properties of the keys; `nil` when there is no client.
    public var properties: JSONValue? {
        external.map { .object($0.properties) } ?? credentials.map { ClientProperties.json($0.client.attributes) }
    }
}

/// How a client names keys of an application.
public enum KeyReference: Sendable {
    /// By the UUID of the mapping.
    case id(String)
    /// The keys of a type at the resident key manager.
    case type(KeyType)

    func found(of application: Application, in connection: any SQLConnection) throws -> ApplicationKeyMapping? {
        switch self {
        case .id(let id): try KeyMappingTable.find(id: id, application: application, in: connection)
        case .type(let type):
            try KeyMappingTable.find(
                keyType: type, keyManager: GatewayKeyManager.residentName, application: application, in: connection)
        }
    }

    /// Throws a 404 when the application has no such keys.
    func mapping(of application: Application, in connection: any SQLConnection) throws -> ApplicationKeyMapping {
        guard let mapping = try found(of: application, in: connection) else { throw CatalogueError.keyMappingNotFound(text) }
        return mapping
    }

    private var text: String {
        switch self {
        case .id(let id): id
        case .type(let type): type.rawValue
        }
    }
}

/// Compares secrets in a time that does not depend on where they differ.
enum SecretComparison {
    static func areEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
