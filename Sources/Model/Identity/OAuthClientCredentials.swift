/// A registered client together with its secret, for the one answer that shows it.
public struct OAuthClientCredentials: Sendable, Hashable {
    public var client: OAuthClient
    public var secret: String

    public init(client: OAuthClient, secret: String) {
        self.client = client
        self.secret = secret
    }
}
