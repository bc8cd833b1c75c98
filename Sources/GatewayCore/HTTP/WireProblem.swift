/// What is wrong with a request on the wire, before any API is looked up (RFC 9110, RFC 9112).
public enum WireProblem: Equatable, Sendable, CaseIterable {
    /// The request line is not `method SP target SP version`, or the method is not a token.
    case malformedRequestLine
    /// The target is neither in origin nor in absolute form, or holds characters that no URL has.
    case malformedTarget
    /// A `%` in the target is not followed by two hexadecimal digits (RFC 3986 §2.1): readers of it do not agree on what that means.
    case malformedEscape
    /// A field line breaks RFC 9112 §5: no colon, space before it, folded, control character, bare CR or LF.
    case malformedField
    /// `Host` is missing (HTTP/1.1), repeated or not an authority.
    case invalidHost
    /// `Content-Length` is repeated or not a number.
    case invalidContentLength
    /// `Transfer-Encoding` together with `Content-Length`, in HTTP/1.0, repeated, or not ending in `chunked`: the ways to smuggle.
    case conflictingFraming
    /// A transfer coding before `chunked`.
    case unsupportedTransferCoding
    /// The target is longer than the limit.
    case targetTooLong
    /// The head is longer than the limit.
    case headTooLarge
    /// More header fields than the limit.
    case tooManyFields
    /// Not HTTP/1.x.
    case unsupportedVersion
    /// `Expect` holds something other than `100-continue`.
    case unsupportedExpectation
    /// The head did not arrive in time.
    case headTimedOut
    /// The body did not arrive in time.
    case bodyTimedOut
    /// A chunked body breaks RFC 9112 §7.1, or its chunk lines or trailers exceed their limits.
    case malformedChunk
    /// The body is longer than the limit.
    case bodyTooLarge

    /// The status code that answers the problem.
    public var status: Int32 {
        switch self {
        case .headTimedOut, .bodyTimedOut: 408
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .unsupportedExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        case .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }
}
