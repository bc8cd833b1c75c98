/// How events name the refusal or failure of a code.
struct FaultKind {
    let type: StaticString
    let message: StaticString

    init(code: Int32) {
        switch code {
        case 900_800..<900_900: (type, message) = ("THROTTLED", Self.throttled(code))
        case 900_900..<901_000: (type, message) = ("AUTH", Self.authentication(code))
        case 101_500..<101_600, 303_000, 303_001: (type, message) = ("TARGET_CONNECTIVITY", Self.target(code))
        case 404: (type, message) = ("OTHER", "RESOURCE_NOT_FOUND")
        case 405: (type, message) = ("OTHER", "METHOD_NOT_ALLOWED")
        default: (type, message) = ("OTHER", "UNCLASSIFIED")
        }
    }

    private static func throttled(_ code: Int32) -> StaticString {
        switch code {
        case 900_800: "API_LEVEL_LIMIT_EXCEEDED"
        case 900_801: "HARD_LIMIT_EXCEEDED"
        case 900_802: "RESOURCE_LEVEL_LIMIT_EXCEEDED"
        case 900_803: "APPLICATION_LEVEL_LIMIT_EXCEEDED"
        case 900_804: "SUBSCRIPTION_LIMIT_EXCEEDED"
        case 900_805: "BLOCKED"
        case 900_806: "CUSTOM_POLICY_LIMIT_EXCEEDED"
        case 900_807: "BURST_CONTROL_LIMIT_EXCEEDED"
        default: "OTHER"
        }
    }

    private static func authentication(_ code: Int32) -> StaticString {
        switch code {
        case 900_900...900_904: "AUTHENTICATION_FAILURE"
        case 900_905, 900_910: "AUTHORIZATION_FAILURE"
        case 900_907...900_909: "SUBSCRIPTION_VALIDATION_FAILURE"
        default: "OTHER"
        }
    }

    private static func target(_ code: Int32) -> StaticString {
        switch code {
        case 101_504, 101_508: "CONNECTION_TIMEOUT"
        case 303_000, 303_001: "CONNECTION_SUSPENDED"
        default: "OTHER"
        }
    }
}
