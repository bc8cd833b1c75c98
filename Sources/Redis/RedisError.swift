/// Why a store could not be reached or did not answer.
public enum RedisError: Error, Sendable, Equatable {
    /// No connection to the address, with the system's reason.
    case unreachable(address: String, reason: String)
    /// The server ended the connection.
    case closed
    /// No answer in time.
    case timedOut
    /// What came was no answer.
    case malformed(String)
    /// The server refused a command that signs in or chooses the database.
    case refused(String)
    /// No Sentinel knows the master.
    case noMaster(String)
    /// None of the servers belongs to a cluster.
    case noCluster
    /// The cluster does not serve all keys.
    case clusterDown
    /// The server is not the master, so it takes no writes.
    case notMaster

    /// A sentence for logs and health reports; without secrets.
    public var description: String {
        switch self {
        case .unreachable(let address, let reason): "\(address) cannot be reached: \(reason)"
        case .closed: "the server closed the connection"
        case .timedOut: "the server did not answer in time"
        case .malformed(let reason): "the server's answer makes no sense: \(reason)"
        case .refused(let message): "the server refused: \(message)"
        case .noMaster(let name): "no Sentinel knows the master \(name)"
        case .noCluster: "none of the servers belongs to a cluster"
        case .clusterDown: "the cluster does not serve all keys"
        case .notMaster: "the server is a replica"
        }
    }
}
