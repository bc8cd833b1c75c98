import Documents
import Model

/// An OAuth2 client at a key manager of somebody else, as far as the platform knows it.
public struct ExternalClient: Sendable, Hashable {
    public var id: String
    /// Empty for a public client, and for one that was mapped without.
    public var secret: String
    public var grantTypes: [String]
    public var redirectURIs: [String]
    /// The connector's properties of the keys, as the developer gave them.
    public var properties: JSONObject
    /// Where the client can be changed and deleted (RFC 7592 §3); empty if the server did not say.
    public var registrationURI: String
    /// The token for that; empty if the server gave none.
    public var registrationToken: String

    public init(
        id: String, secret: String, grantTypes: [String], redirectURIs: [String] = [],
        properties: JSONObject = JSONObject(), registrationURI: String = "", registrationToken: String = ""
    ) {
        self.id = id
        self.secret = secret
        self.grantTypes = grantTypes
        self.redirectURIs = redirectURIs
        self.properties = properties
        self.registrationURI = registrationURI
        self.registrationToken = registrationToken
    }
}

/// What a developer wants of a client.
public struct ExternalClientDraft: Sendable {
    public var name: String
    /// Name of the owning user.
    public var owner: String
    public var grantTypes: [String]
    public var redirectURIs: [String]
    public var properties: JSONObject

    public init(name: String, owner: String, grantTypes: [String], redirectURIs: [String], properties: JSONObject) {
        self.name = name
        self.owner = owner
        self.grantTypes = grantTypes
        self.redirectURIs = redirectURIs
        self.properties = properties
    }
}
