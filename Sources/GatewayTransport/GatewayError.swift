/// Why the gateway could not start.
public enum GatewayError: Error, Equatable, CustomStringConvertible {
    case portInUse(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .portInUse(let host, let port): "port \(port) on \(host) is in use by another program"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host), port \(port): \(reason)"
        }
    }
}
