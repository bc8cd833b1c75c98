import Model

/// A request that is not let through: what the client is told. The texts are those that clients of the product know.
package struct Refusal: Sendable {
    /// Which members the body has.
    package enum Shape: Sendable {
        /// `code`, `message`, `description`.
        case plain
        /// `code`, `type`, `message`, `description`.
        case fault
        /// `code`, `type`, `description`: a blocked API.
        case blocked
        /// `code`, `message`: a policy agent.
        case short
    }

    package var code: Int32
    package var status: Int32
    package var message: String
    package var description: String
    package var shape = Shape.plain
    /// When the request may be repeated; milliseconds since 1970.
    package var nextAccess: Int64?
    /// Whose fault it is in SOAP terms.
    package var blamesClient = false
    /// Value of `WWW-Authenticate`.
    package var challenge: String?

    package init(
        code: Int32, status: Int32, message: String, description: String, shape: Shape = .plain, nextAccess: Int64? = nil,
        blamesClient: Bool = false, challenge: String? = nil
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.description = description
        self.shape = shape
        self.nextAccess = nextAccess
        self.blamesClient = blamesClient
        self.challenge = challenge
    }
}

extension Refusal {
    // MARK: Routing

    static let unknownResource = Refusal(
        code: 404, status: 404, message: "Not Found", description: "The requested resource is not available.", shape: .fault)
    static let noMatchingResource = Refusal(
        code: 404, status: 404, message: "Runtime Error", description: "No matching resource found for given API Request",
        shape: .fault)
    static let methodNotAllowed = Refusal(
        code: 405, status: 405, message: "Runtime Error", description: "Method not allowed for given API resource",
        shape: .fault)
    static let unsafePath = Refusal(
        code: 400, status: 400, message: "Bad Request", description: "The path holds . or .. as a segment.", shape: .fault)
    static let apiBlocked = Refusal(
        code: 700_700, status: 503, message: "API blocked",
        description: "This API has been blocked temporarily. Please try again later or contact the system administrators.",
        shape: .blocked)

    static func unsupportedTransport(_ name: String) -> Refusal {
        Refusal(
            code: 403, status: 403, message: "Forbidden",
            description: "Unsupported Transport [ \(name) ]. The requested resource is not available.", shape: .fault)
    }

    // MARK: Credentials

    private static func credential(_ code: Int32, _ message: String, _ description: String, status: Int32 = 401) -> Refusal {
        Refusal(code: code, status: status, message: message, description: description, blamesClient: true)
    }

    static let invalidCredentials = credential(
        900_901, "Invalid Credentials", "Invalid Credentials. Make sure you have provided the correct security credentials")
    /// Whoever could judge the credential gave no answer.
    static let authenticationFailed = Refusal(
        code: 900_900, status: 500, message: "Unclassified Authentication Failure",
        description: "Unclassified Authentication Failure. Whoever has to judge the credential gives no answer. Try again later"
    )
    static let subscriptionMissing = credential(
        900_908, "Resource forbidden ",
        "User is NOT authorized to access the Resource. API Subscription validation failed.", status: 403)
    static let accessForbidden = credential(
        900_908, "Resource forbidden ", "Access forbidden for the invocations", status: 403)
    static let subscriptionBlocked = credential(
        900_907, "The requested API is temporarily blocked", "The requested API is temporarily blocked")
    static let subscriptionInactive = credential(
        900_909, "The subscription to the API is inactive", "The subscription to the API is inactive")
    static let scopeMissing = credential(
        900_910, "The access token does not allow you to access the requested resource",
        "User is NOT authorized to access the Resource. Scope validation failed.", status: 403)
    static let wrongTokenType = credential(
        900_905, "Incorrect Access Token Type is provided", "Incorrect Access Token Type is provided")
    /// - Parameter only: the type of keys that the environment is for.
    static func keyTypeNotTaken(here only: KeyType) -> Refusal {
        credential(
            900_901, "Invalid Credentials",
            only == .production
                ? "Sandbox Key Provided for Production Gateway" : "Production Key Provided for Sandbox Gateway")
    }
    static let wrongAudience = credential(900_914, "Access Denied", "The access token is not meant for this API", status: 403)
    static let tooManyFailures = Refusal(
        code: 429, status: 429, message: "Too Many Requests",
        description: "Too many credentials from your address were refused. Try again in a second.")
    static let tooManyFields = Refusal(
        code: 431, status: 431, message: "Bad Request",
        description: "Credentials must be among the first 64 header fields.", shape: .fault)

    static func missingCredentials(_ rules: SecurityRules) -> Refusal {
        let token = rules.authorizationHeaderName
        return credential(
            900_902, "Missing Credentials",
            "Invalid Credentials. Make sure your API invocation call has a header: '\(token) : Bearer ACCESS_TOKEN' or "
                + "'\(token) : Basic ACCESS_TOKEN' or '\(rules.apiKeyHeaderName) : API_KEY'")
    }

    // MARK: Quotas

    static let denied = Refusal(
        code: 900_805, status: 403, message: "Message blocked",
        description: "You have been blocked from accessing the resource")

    static func quotaExceeded(_ code: Int32, nextAccess: Int64?) -> Refusal {
        Refusal(
            code: code, status: 429, message: "Message throttled out", description: "You have exceeded your quota",
            nextAccess: nextAccess)
    }

    /// The API passes no more calls on to its back end for now.
    static let backendLimitReached = Refusal(
        code: 900_801, status: 503, message: "API Limit Reached", description: "API not accepting requests")

    // MARK: Waiting

    static let tooManyWaiting = Refusal(
        code: 503, status: 503, message: "Service Unavailable",
        description: "Too many requests wait for other services. Try again in a moment.", shape: .fault)
    static let answerTooLarge = Refusal(
        code: 101_510, status: 502, message: "Runtime Error",
        description: "The answer of the back end is too large for the policies of the API", shape: .fault)

    /// An errand had no result.
    package static func errandFailed(_ purpose: String, _ error: any Error) -> Refusal {
        let isLate = error as? ErrandFailure == .timedOut
        return Refusal(
            code: 401_001, status: isLate ? 504 : 502, message: "Runtime Error",
            description: isLate ? "Timed out waiting for \(purpose)" : "No answer from \(purpose)", shape: .fault)
    }

    // MARK: Endpoints

    static let noProductionEndpoint = Refusal(
        code: 900_901, status: 403, message: "Runtime Error",
        description: "Production key offered to the API with no production endpoint", shape: .fault)
    static let noSandboxEndpoint = Refusal(
        code: 900_901, status: 403, message: "Runtime Error",
        description: "Sandbox key offered to the API with no sandbox endpoint", shape: .fault)

    /// The API leaves the destination to its policies, and none has set one.
    static let destinationMissing = Refusal(
        code: 305_100, status: 500, message: "Runtime Error",
        description: "No policy of the API has set the destination of the call", shape: .fault)

    /// The gateway has nothing with which to prove itself to the back end.
    static let endpointSecurityFailed = Refusal(
        code: 303_003, status: 500, message: "Runtime Error",
        description: "The gateway could not get its own credential for the back end", shape: .fault)

    static let functionMissing = Refusal(
        code: 101_503, status: 500, message: "Runtime Error", description: "The operation has no function to call",
        shape: .fault)
    static let functionFailed = Refusal(
        code: 101_503, status: 500, message: "Runtime Error", description: "The function could not be called, or failed",
        shape: .fault)

    static func endpointFailed(_ code: Int32) -> Refusal {
        let description =
            switch code {
            case 101_500: "Error in Sender"
            case 101_501: "Error while reading the response of the endpoint"
            case 101_503: "Error connecting to the back end"
            case 101_504: "Timed out waiting for the back end"
            case 101_505: "The back end closed the connection"
            case 101_506: "The back end does not follow HTTP"
            case 101_508: "Timed out connecting to the back end"
            case 303_000: "No endpoint of the API is ready to connect"
            default: "Currently , Address endpoint : [ State : SUSPENDED ]"
            }
        return Refusal(code: code, status: 500, message: "Runtime Error", description: description, shape: .fault)
    }
}

extension Refusal {
    /// What a client is told whose request is wrong on the wire.
    init(_ problem: WireProblem) {
        let description =
            switch problem {
            case .malformedRequestLine: "The request line is not that of HTTP/1.1."
            case .malformedTarget: "The request target is not a valid path."
            case .malformedEscape: "The request target has a % that is not followed by two hexadecimal digits."
            case .malformedField: "A header field is malformed."
            case .invalidHost: "The Host field is missing, repeated or malformed."
            case .invalidContentLength: "Content-Length is repeated or not a number."
            case .conflictingFraming: "Transfer-Encoding is not chunked alone, or Content-Length or HTTP/1.0 contradicts it."
            case .unsupportedTransferCoding: "Only the transfer coding chunked is supported."
            case .targetTooLong: "The request target is too long."
            case .headTooLarge: "The header fields are too large."
            case .tooManyFields: "There are too many header fields."
            case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are supported."
            case .unsupportedExpectation: "Only the expectation 100-continue is supported."
            case .headTimedOut: "The header fields did not arrive in time."
            case .bodyTimedOut: "The body did not arrive in time."
            case .malformedChunk: "The chunked body is malformed, or has trailers that it must not have."
            case .bodyTooLarge: "The body is too large."
            }
        self.init(
            code: problem.status, status: problem.status, message: problem.status < 500 ? "Bad Request" : "Not Supported",
            description: description, shape: .fault)
    }
}
