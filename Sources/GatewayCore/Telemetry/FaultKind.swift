/// How events and metrics name the refusal or failure of a code.
enum FaultKind: UInt8, CaseIterable {
    case apiLimit, hardLimit, resourceLimit, applicationLimit, subscriptionLimit, blocked, customLimit, burstLimit, otherLimit
    case authentication, authorization, subscription, otherCredential
    case timeout, suspended, otherTarget
    case notFound, methodNotAllowed, unclassified

    init(code: Int32) {
        switch code {
        case 900_800..<900_900: self = Self.throttled(code)
        case 900_900..<901_000: self = Self.credential(code)
        case 101_500..<101_600, 303_000, 303_001: self = Self.target(code)
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        default: self = .unclassified
        }
    }

    private static func throttled(_ code: Int32) -> FaultKind {
        switch code {
        case 900_800: .apiLimit
        case 900_801: .hardLimit
        case 900_802: .resourceLimit
        case 900_803: .applicationLimit
        case 900_804: .subscriptionLimit
        case 900_805: .blocked
        case 900_806: .customLimit
        case 900_807: .burstLimit
        default: .otherLimit
        }
    }

    private static func credential(_ code: Int32) -> FaultKind {
        switch code {
        case 900_900...900_904: .authentication
        case 900_905, 900_910: .authorization
        case 900_907...900_909: .subscription
        default: .otherCredential
        }
    }

    private static func target(_ code: Int32) -> FaultKind {
        switch code {
        case 101_504, 101_508: .timeout
        case 303_000, 303_001: .suspended
        default: .otherTarget
        }
    }

    var type: StaticString {
        switch self {
        case .apiLimit, .hardLimit, .resourceLimit, .applicationLimit, .subscriptionLimit, .blocked, .customLimit, .burstLimit,
            .otherLimit:
            "THROTTLED"
        case .authentication, .authorization, .subscription, .otherCredential: "AUTH"
        case .timeout, .suspended, .otherTarget: "TARGET_CONNECTIVITY"
        case .notFound, .methodNotAllowed, .unclassified: "OTHER"
        }
    }

    var message: StaticString {
        switch self {
        case .apiLimit: "API_LEVEL_LIMIT_EXCEEDED"
        case .hardLimit: "HARD_LIMIT_EXCEEDED"
        case .resourceLimit: "RESOURCE_LEVEL_LIMIT_EXCEEDED"
        case .applicationLimit: "APPLICATION_LEVEL_LIMIT_EXCEEDED"
        case .subscriptionLimit: "SUBSCRIPTION_LIMIT_EXCEEDED"
        case .blocked: "BLOCKED"
        case .customLimit: "CUSTOM_POLICY_LIMIT_EXCEEDED"
        case .burstLimit: "BURST_CONTROL_LIMIT_EXCEEDED"
        case .authentication: "AUTHENTICATION_FAILURE"
        case .authorization: "AUTHORIZATION_FAILURE"
        case .subscription: "SUBSCRIPTION_VALIDATION_FAILURE"
        case .timeout: "CONNECTION_TIMEOUT"
        case .suspended: "CONNECTION_SUSPENDED"
        case .notFound: "RESOURCE_NOT_FOUND"
        case .methodNotAllowed: "METHOD_NOT_ALLOWED"
        case .unclassified: "UNCLASSIFIED"
        case .otherLimit, .otherCredential, .otherTarget: "OTHER"
        }
    }
}
