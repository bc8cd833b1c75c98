/// What is fed with arbitrary bytes to find crashes, hangs and broken promises: by `make fuzz` with bytes that a fuzzer makes up, by the tests
/// with those that were worth keeping.
public enum FuzzTarget: String, Sendable, CaseIterable {
    /// Bytes of a client: what reaches the upstream must mean the same to every reader.
    case request
    /// The body of a chunked request.
    case chunked
    /// Bytes of an upstream: what reaches the client must mean the same to every reader.
    case response
    /// Bytes of a client of HTTP/2: what it gets must keep to the rules, whatever it sent.
    case frames
    /// JSON Web Tokens: none is accepted but the one that was signed.
    case token
    /// Bodies of multipart forms.
    case multipart

    /// Feeds the target.
    ///
    /// - Throws: ``FuzzFinding`` when a promise is broken. What crashes, crashes.
    public func run(_ input: [UInt8]) throws(FuzzFinding) {
        switch self {
        case .request: try RequestTarget.run(input)
        case .chunked: try RequestTarget.runChunked(input)
        case .response: try ResponseTarget.run(input)
        case .frames: try FrameTarget.run(input)
        case .token: try TokenTarget.run(input)
        case .multipart: try MultipartTarget.run(input)
        }
    }
}

/// A promise that some input breaks.
public struct FuzzFinding: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    static func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws(FuzzFinding) {
        if !condition { throw FuzzFinding(promise()) }
    }
}
