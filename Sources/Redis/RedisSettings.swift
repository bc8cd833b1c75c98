import NIOSSL

/// Where a store is and how to sign in.
public struct RedisSettings: Sendable {
    /// A host with its port.
    public struct Address: Sendable, Hashable {
        public var host: String
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// How to find the master of a replicated store.
    public struct Sentinel: Sendable {
        public var addresses: [Address]
        /// The name that the Sentinels watch the master under.
        public var master: String
        public var user: String
        public var password: String

        public init(addresses: [Address], master: String, user: String = "", password: String = "") {
            self.addresses = addresses
            self.master = master
            self.user = user
            self.password = password
        }
    }

    /// Where the store is; not used with Sentinel or a cluster.
    public var address: Address
    public var sentinel: Sentinel?
    /// Servers of a Redis Cluster, of which one has to answer; empty: the store is none.
    public var cluster: [Address] = []
    /// Name of an ACL user; empty for the default one.
    public var user = ""
    /// Empty: the store asks for none.
    public var password = ""
    /// Number of the database.
    public var database = 0
    /// `nil` for connections without TLS. Holds for Sentinels too.
    public var tls: NIOSSLContext?
    public var connectMilliseconds: Int64 = 2_000
    /// Longest time without an answer.
    public var answerMilliseconds: Int64 = 2_000

    public init(address: Address, sentinel: Sentinel? = nil) {
        self.address = address
        self.sentinel = sentinel
    }
}
