/// A certificate with which clients call an API over mutual TLS (`docs/certificates.md`).
///
/// A call whose client certificate equals ``certificate`` byte for byte (or, where chains are validated, was issued by it) is a call of
/// the certificate's key type under the certificate's plan.
public struct GatewayClientCertificate: Sendable, Hashable, Codable {
    public var tenant: Int
    /// The API's UUID; its deployments on all environments share the certificates.
    public var apiID: String
    public var keyType: KeyType
    /// Unique for tenant and key type.
    public var alias: String
    /// Name of the subscription-level quota policy that calls with the certificate have.
    public var policy: String
    /// The certificate in DER form (X.690), Base64.
    public var certificate: String
    /// SHA-256 of the DER form, lower-case hexadecimal.
    public var fingerprint: String
    /// Common name of the subject, which logs and backends see as the caller; empty when it has none.
    public var commonName: String
    /// Validity; milliseconds since 1970.
    public var notBeforeMilliseconds: Int64
    public var notAfterMilliseconds: Int64

    public init(
        tenant: Int, apiID: String, keyType: KeyType, alias: String, policy: String, certificate: String,
        fingerprint: String, commonName: String, notBeforeMilliseconds: Int64, notAfterMilliseconds: Int64
    ) {
        self.tenant = tenant
        self.apiID = apiID
        self.keyType = keyType
        self.alias = alias
        self.policy = policy
        self.certificate = certificate
        self.fingerprint = fingerprint
        self.commonName = commonName
        self.notBeforeMilliseconds = notBeforeMilliseconds
        self.notAfterMilliseconds = notAfterMilliseconds
    }
}

/// A certificate that gateways trust when they call backends of the tenant (`docs/certificates.md`): that of the server, or of the
/// authority that issued the server's.
///
/// It counts for calls to endpoints with the scheme, host and port of ``endpoint``, beside the system's own authorities, and for APIs of
/// the tenant only.
public struct GatewayEndpointCertificate: Sendable, Hashable, Codable {
    public var tenant: Int
    /// Unique within the tenant.
    public var alias: String
    /// URL of the endpoint, for instance `https://backend.example.com:9443/v1`.
    public var endpoint: String
    /// The certificates in DER form (X.690), Base64, in the order of the uploaded file.
    public var certificates: [String]

    public init(tenant: Int, alias: String, endpoint: String, certificates: [String]) {
        self.tenant = tenant
        self.alias = alias
        self.endpoint = endpoint
        self.certificates = certificates
    }
}
