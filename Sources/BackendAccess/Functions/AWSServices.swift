/// Where the services of Amazon Web Services are. `{region}` in an address stands for the region.
public struct AWSServices: Sendable {
    public var functions = "https://lambda.{region}.amazonaws.com"
    /// The Security Token Service.
    public var roles = "https://sts.{region}.amazonaws.com"
    /// What tells a machine of EC2 who it is.
    public var machine = "http://169.254.169.254"

    public init() {}

    static func address(_ pattern: String, region: String) -> String {
        let address = pattern.replacing("{region}", with: region)
        return address.hasSuffix("/") ? String(address.dropLast()) : address
    }
}

/// Why a function was not called, or has not answered.
enum AWSError: Error, Equatable {
    case noRegion
    /// There are no keys, neither given nor those of the machine.
    case noCredentials(String)
    case malformedName
    /// The service refused the call.
    case status(Int, service: String)
    /// The function itself has failed.
    case functionFailed(String)
    case malformedAnswer(service: String)

    var reason: String {
        switch self {
        case .noRegion: "no region is given"
        case .noCredentials(let reason): "there are no keys: \(reason)"
        case .malformedName: "the function's name is malformed"
        case .status(let status, let service): "\(service) answered with status \(status)"
        case .functionFailed(let kind): "the function failed: \(kind)"
        case .malformedAnswer(let service): "the answer of \(service) cannot be read"
        }
    }
}
