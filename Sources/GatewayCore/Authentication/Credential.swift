import Counters
import Documents
import Model
import Tokens

/// A credential whose signature was right, as one loop remembers it.
///
/// What a snapshot may change (application, key type, revocation) is looked up anew whenever the snapshot's epoch differs.
final class Credential {
    enum Kind: UInt8 { case oauth2, apiKey, opaqueKey, internalKey, certificate, basic, anonymous }

    /// Which kind of user a token was issued to (`aut`).
    enum Subject { case application, user, unknown }

    // What every request reads comes first: it lies in as few lines of the processor's cache as it can.

    let kind: Kind
    /// Which kind of user a token was issued to (`aut`).
    let subject: Subject
    var keyType: KeyType
    /// Whether the credential was taken back, as of ``epoch``.
    var isRevoked = false
    /// Slot; -1 for none. As of ``epoch``.
    var application: Int32 = -1
    /// Application, key type and revocation are true for snapshots of this epoch.
    var epoch: UInt64 = .max
    /// Milliseconds since 1970, tolerance included.
    let notBefore: Int64
    let expires: Int64
    /// SHA-256 of the certificate without which the token is worth nothing; `nil` for a token that stands alone.
    let boundCertificate: [UInt8]?
    /// Hashes.
    let scopes: [UInt64]
    let audiences: [UInt64]
    /// `name@domain`.
    let userName: [UInt8]
    let restriction: KeyRestriction?
    /// Counts application × user; of the application below.
    var countedApplication: CompiledApplication?
    var applicationBucket: QuotaBucket?
    var applicationBurstBucket: QuotaBucket?
    /// Counters of policies that count each user apart, beside the counters for all.
    private var userBuckets = DerivedBuckets(capacity: 64)

    /// Issuer whose key fitted; the signature must be checked again when its tenant has another in its place.
    let keyManager: CompiledKeyManager?
    /// The record of an opaque API key.
    let apiKey: CompiledAPIKey?
    let tokenID: String?
    let consumerKey: String?
    /// Id of the user at the issuer (`sub`).
    let userID: String?
    /// Tenant of a user who gave a password.
    let userTenant: Int
    /// When the token was issued or the password checked, milliseconds since 1970; 0 if it does not say.
    let issued: Int64
    /// UUID of the application in an API key.
    let applicationID: String?
    /// Contexts of the APIs that a test key is for.
    let contexts: [String]
    /// The uploaded certificate behind a credential of that kind.
    let clientCertificate: CompiledClientCertificate?
    /// The credential as the client sent it; shares its memory with the cache.
    var text: [UInt8] = []
    /// All claims, for rules about claims; read when the first rule asks.
    lazy var claims: JSONValue = tokenClaims ?? (try? JWT(compact: text))?.claims ?? [:]
    /// The claims of a token, if backends are to be told or the token does not hold them itself.
    let tokenClaims: JSONValue?
    /// What backends were told, by identity of the API.
    var backendTokens: [Int32: BackendTokenLine] = [:]
    /// What the user store said of the user, for ``backendTokens``.
    var userClaims: KnownUserClaims?
    /// The last report of key uses that names the key.
    var useReport: UInt32 = 0

    init(_ claims: CredentialClaims) {
        kind = claims.kind
        keyManager = claims.keyManager
        tokenID = claims.tokenID
        consumerKey = claims.consumerKey
        userID = claims.userID
        userTenant = claims.userTenant
        issued = claims.issued
        applicationID = claims.applicationID
        subject = claims.subject
        userName = claims.userName
        scopes = claims.scopes
        audiences = claims.audiences
        notBefore = claims.notBefore
        expires = claims.expires
        contexts = claims.contexts
        restriction = claims.restriction
        boundCertificate = claims.boundCertificate
        clientCertificate = claims.clientCertificate
        apiKey = claims.apiKey
        tokenClaims = claims.tokenClaims
        keyType = claims.keyType
    }

    /// The user's own counter beside one for all users.
    func userBucket(beside bucket: QuotaBucket) -> QuotaBucket {
        userBuckets.bucket(beside: bucket) { $0 + "_" + String(decoding: userName, as: UTF8.self) }
    }
}

/// What a credential says, read once.
struct CredentialClaims {
    var kind: Credential.Kind
    var keyManager: CompiledKeyManager?
    var tokenID: String?
    var consumerKey: String?
    var userID: String?
    var userTenant = 0
    var issued: Int64 = 0
    var applicationID: String?
    var subject = Credential.Subject.unknown
    var userName: [UInt8] = []
    var scopes: [UInt64] = []
    var audiences: [UInt64] = []
    var notBefore = Int64.min
    var expires = Int64.max
    var contexts: [String] = []
    var restriction: KeyRestriction?
    var boundCertificate: [UInt8]?
    var clientCertificate: CompiledClientCertificate?
    var apiKey: CompiledAPIKey?
    var tokenClaims: JSONValue?
    var keyType = KeyType.production
}

/// Why a credential is not accepted.
enum CredentialFault: Error, Sendable {
    /// Forged, damaged, expired, of an unknown issuer, or of another kind than the field is for.
    case invalid
    /// A good token of a type that is none for access.
    case wrongType
}
