/// What backends are told about callers (`docs/backend-tokens.md`).
extension SettingsTable {
    public static let backendTokensEnabled = Setting(
        "apim.jwt.enable", false, "Whether backends are told in a signed token who calls.")
    public static let backendTokenHeader = Setting("apim.jwt.header", "X-JWT-Assertion", "Header of that token.").token()
    public static let backendTokenEncoding = Setting(
        "apim.jwt.encoding", "base64", "`base64` with `+`, `/` and padding, or `base64url` as in RFC 7515."
    ).oneOf("base64", "base64url")
    public static let backendTokenDialect = Setting(
        "apim.jwt.claim_dialect", "http://wso2.org/claims", "What stands before the names of the gateway's own claims.")
    public static let backendTokenAlgorithm = Setting(
        "apim.jwt.signing_algorithm", "SHA256withRSA", "`SHA256withRSA`, or `NONE` for tokens without signature."
    ).oneOf("SHA256withRSA", "NONE")
    public static let backendTokenNamesKey = Setting(
        "apim.jwt.use_kid_property", true, "Whether the token names its key by `kid`.")
    public static let backendTokenUsesSHA256 = Setting(
        "apim.jwt.use_sha256_hash", false, "Whether it has the certificate's thumbprint by SHA-256, as `x5t#S256`.")
    public static let backendTokenExcludedClaims = Setting(
        "apim.jwt.gateway_generator.excluded_claims", [String](), "Claims of access tokens that are not passed on.")
    public static let backendTokenShowsEmptyAttributes = Setting(
        "apim.jwt.enable_empty_values_in_application_attributes", false,
        "Whether an application without attributes has an empty member for them.")

    public static let backendTokenHasUserClaims = Setting(
        "apim.jwt.enable_user_claims", false, "Whether the token says what the user store knows of the user.")
    public static let backendTokenConvertsDialect = Setting(
        "apim.jwt.convert_dialect", false,
        "Whether these claims have names of `claim_dialect`; else of `http://wso2.org/claims`.")
    public static let userClaimCacheEnabled = Setting(
        "apim.cache.jwt_claim.enable", true, "Whether gateways remember what the user store says of a user.")
    public static let userClaimCacheTime = Setting(
        "apim.cache.jwt_claim.expiry_time", "900s", "How long at most, as `900s`, `15m` or `1h`."
    ).duration()
    public static let emailUserNames = Setting(
        "tenant_mgt.enable_email_domain", true,
        "Changes nothing: e-mail addresses can always be user names. Known, so that files that have it bring no warning.")

    static let backendTokens: [any AnySetting] = [
        backendTokensEnabled, backendTokenHeader, backendTokenEncoding, backendTokenDialect, backendTokenAlgorithm,
        backendTokenNamesKey, backendTokenUsesSHA256, backendTokenExcludedClaims, backendTokenShowsEmptyAttributes,
        backendTokenHasUserClaims, backendTokenConvertsDialect, userClaimCacheEnabled, userClaimCacheTime, emailUserNames,
    ]
}

extension Setting where Value == String {
    /// A name of a header field (RFC 9110 §5.6.2).
    func token() -> Self {
        var copy = self
        copy.isAllowed = { text in
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !Array(#"(),/:;<=>?@[\]{}""#.utf8).contains($0) }
        }
        copy.expectation = "the name of a header"
        return copy
    }
}
