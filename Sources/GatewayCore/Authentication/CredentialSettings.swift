/// How strictly credentials are checked; holds for all APIs and stays the same while the process runs.
public struct CredentialSettings: Sendable {
    /// How far clocks of issuers may differ from this one, in milliseconds.
    public var clockToleranceMilliseconds: Int64 = 5_000
    /// Whether a token that names a certificate (RFC 8705 §3) is only accepted together with it
    /// (`apim.oauth_config.enable_certificate_bound_access_token`).
    public var bindsTokensToCertificates = false
    /// Whether access tokens need the header `typ: at+jwt` (RFC 9068 §2.1), so that id tokens are told from them
    /// (`apim.token.validation.enforce_type_header_validation`).
    public var enforcesTokenType = false
    /// The field in which a trusted proxy hands on its client's certificate, in lower case (`apimgt.mutual_ssl.certificate_header`).
    public var certificateHeader = Array("x-wso2-client-certificate".utf8)
    /// Whether that field is percent-encoded, or Base64 of a whole PEM text (`apimgt.mutual_ssl.client_certificate_encode`).
    public var decodesCertificateHeader = false
    /// Whether a certificate also counts that an uploaded one has issued (`apimgt.mutual_ssl.enable_certificate_chain_validation`).
    public var validatesCertificateChains = false

    /// How long a right password is remembered.
    public var passwordMilliseconds: Int64 = 60_000
    /// How long an answer about a token is used at most (`apim.cache.gateway_token`).
    public var introspectionMilliseconds: Int64 = 900_000
    /// Most passwords a second that one client, or anybody for one user, may have checked.
    public var passwordsPerSecond = 10

    public init() {}
}
