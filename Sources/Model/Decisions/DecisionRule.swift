/// Why a gateway refused a request, more exactly than the answer's code tells (`docs/troubleshooting.md`).
public enum DecisionRule: String, Sendable, CaseIterable, Codable {
    // Which API and operation.
    case requestMalformed = "request-malformed"
    case pathUnsafe = "path-unsafe"
    case apiUnknown = "api-unknown"
    case resourceUnknown = "resource-unknown"
    case methodNotOffered = "method-not-offered"
    case transportNotOffered = "transport-not-offered"
    case apiBlocked = "api-blocked"
    case apiUnpublished = "api-unpublished"

    // Who calls.
    case credentialMissing = "credential-missing"
    case credentialInvalid = "credential-invalid"
    case credentialMalformed = "credential-malformed"
    case credentialOfWrongKind = "credential-of-wrong-kind"
    case issuerUnknown = "issuer-unknown"
    case signatureWrong = "signature-wrong"
    case credentialExpired = "credential-expired"
    case credentialNotYetValid = "credential-not-yet-valid"
    case credentialRevoked = "credential-revoked"
    case keyManagerNotAccepted = "key-manager-not-accepted"
    case certificateMissing = "certificate-missing"
    case certificateNotBound = "certificate-not-bound"
    case keyRestricted = "key-restricted"
    case tooManyFailures = "too-many-failures"
    case credentialNotChecked = "credential-not-checked"

    // What the caller may do.
    case applicationNotApproved = "application-not-approved"
    case subscriptionMissing = "subscription-missing"
    case subscriptionBlocked = "subscription-blocked"
    case subscriptionInactive = "subscription-inactive"
    case subscriptionRejected = "subscription-rejected"
    case keyOfAnotherAPI = "key-of-another-api"
    case tokenTypeNotAccepted = "token-type-not-accepted"
    case scopeMissing = "scope-missing"
    case audienceWrong = "audience-wrong"
    case keyTypeNotTaken = "key-type-not-taken"

    // How much.
    case denied = "denied-by-policy"
    case apiQuota = "api-quota"
    case resourceQuota = "resource-quota"
    case subscriptionQuota = "subscription-quota"
    case burstQuota = "burst-quota"
    case applicationQuota = "application-quota"
    case customRule = "custom-rule"
    case backendQuota = "backend-quota"

    // What policies say.
    case policyRefused = "policy-refused"
    case policyFailed = "policy-failed"

    // Where to.
    case endpointCredentialMissing = "endpoint-credential-missing"
    case endpointMissing = "endpoint-missing"
    case endpointSuspended = "endpoint-suspended"
    case backendUnreachable = "backend-unreachable"
    case backendTimedOut = "backend-timed-out"
    case backendBroken = "backend-broken"

    /// A policy of the API, or something that has no rule of its own.
    case other = "other"
    /// The request was let through.
    case passed = "passed"

    /// The rule behind the code of an answer, as far as the code tells it.
    ///
    /// - Parameter isAPIKnown: whether the request led to an API.
    public init(code: Int, status: Int, isAPIKnown: Bool) {
        self =
            switch code {
            case 900_901: status == 403 ? .endpointMissing : .credentialInvalid
            case 404: isAPIKnown ? .resourceUnknown : .apiUnknown
            case 403: .transportNotOffered
            default: Self.byCode[code] ?? (code == status && Self.wireFaults.contains(status) ? .requestMalformed : .other)
            }
    }

    /// Statuses of requests that break HTTP or the gateway's limits; 501 and 505 are those of codings and versions that it does not speak.
    private static let wireFaults = Set([501, 505]).union(400..<500)

    /// Whether it is about what became of the request behind the gateway.
    public var isOfUpstream: Bool {
        [.endpointMissing, .endpointSuspended, .backendUnreachable, .backendTimedOut, .backendBroken].contains(self)
    }

    private static let byCode: [Int: DecisionRule] = [
        0: .passed, 405: .methodNotOffered, 429: .tooManyFailures, 700_700: .apiBlocked, 900_900: .credentialNotChecked,
        900_902: .credentialMissing, 900_905: .tokenTypeNotAccepted, 900_907: .subscriptionBlocked,
        900_908: .subscriptionMissing, 900_909: .subscriptionInactive, 900_910: .scopeMissing, 900_914: .audienceWrong,
        900_800: .apiQuota, 900_801: .backendQuota, 900_802: .resourceQuota, 900_803: .applicationQuota,
        900_804: .subscriptionQuota, 900_805: .denied, 900_806: .customRule, 900_807: .burstQuota,
        101_500: .backendBroken, 101_501: .backendBroken, 101_503: .backendUnreachable, 101_504: .backendTimedOut,
        101_505: .backendBroken, 101_506: .backendBroken, 101_508: .backendTimedOut, 303_000: .endpointSuspended,
        303_001: .endpointSuspended, 303_003: .endpointCredentialMissing, 305_100: .endpointMissing,
    ]
}
