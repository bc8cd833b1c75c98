import Foundation

/// A Redis Cluster of its own for a test: three servers that share out the slots.
public final class RedisCluster: Sendable {
    public let masters: [RedisServer]
    /// Takes the place of the first master when that has gone; only where it was asked for.
    public let replica: RedisServer?

    private static let slots = [0...5_460, 5_461...10_922, 10_923...16_383]

    /// A cluster that runs. Its many ports were free, but others look for free ports, too, so it is tried again with others.
    ///
    /// - Parameter identity: with one the servers speak TLS with each other, and with clients on a port of its own.
    public static func started(hasReplica: Bool = false, identity: RedisServer.Identity? = nil) async throws -> RedisCluster {
        for _ in 0..<4 {
            let cluster = try RedisCluster(hasReplica: hasReplica, identity: identity)
            do {
                try await cluster.start()
                return cluster
            } catch is RedisServer.Missing {
                continue
            }
        }
        let last = try RedisCluster(hasReplica: hasReplica, identity: identity)
        try await last.start()
        return last
    }

    private init(hasReplica: Bool, identity: RedisServer.Identity?) throws {
        let security = identity == nil ? [] : ["--tls-cluster", "yes", "--tls-replication", "yes"]
        func server() throws -> RedisServer {
            try RedisServer(
                identity: identity,
                arguments: security + [
                    "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "1000",
                    "--cluster-port", "\(try RedisServer.freePort())", "--cluster-replica-validity-factor", "0",
                ])
        }
        masters = try Self.slots.map { _ in try server() }
        replica = hasReplica ? try server() : nil
    }

    private var servers: [RedisServer] { masters + [replica].compactMap { $0 } }

    /// Starts the servers, makes them one cluster, and returns when all know that it is whole.
    private func start() async throws {
        for server in servers { try await server.start() }
        for (number, server) in masters.enumerated() {
            try Self.require(server, "CLUSTER SET-CONFIG-EPOCH \(number + 1)")
            try Self.require(server, "CLUSTER ADDSLOTSRANGE \(Self.slots[number].lowerBound) \(Self.slots[number].upperBound)")
        }
        for server in servers {
            let bus = try servers[0].clusterPort()
            try Self.require(server, "CLUSTER MEET 127.0.0.1 \(servers[0].tlsPort ?? servers[0].port) \(bus)")
        }
        try await waitUntil("the cluster is whole") {
            try servers.allSatisfy {
                let info = try $0.command("CLUSTER INFO")
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:\(servers.count)")
            }
        }
        guard let replica else { return }
        let first = try masters[0].clusterID()
        try await waitUntil("the replica follows") { try replica.command("CLUSTER REPLICATE \(first)").hasPrefix("+OK") }
        try await waitUntil("the replica is connected") {
            try replica.command("INFO replication").contains("master_link_status:up")
        }
        let followed = try replica.clusterID()
        try await waitUntil("all know the replica") {
            try masters.allSatisfy {
                try $0.command("CLUSTER NODES").contains("\(followed) 127.0.0.1:\(replica.tlsPort ?? replica.port)@")
            }
        }
    }

    /// Waits up to half a minute.
    public func waitUntil(_ what: String, _ condition: () throws -> Bool) async throws {
        for _ in 0..<1_500 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RedisServer.Missing(description: "waited in vain: \(what)")
    }

    public static func require(_ server: RedisServer, _ command: String) throws {
        let answer = try server.command(command)
        guard answer.hasPrefix("+OK") else { throw RedisServer.Missing(description: "\(command): \(answer)") }
    }
}

extension RedisServer {
    /// The name by which the servers of a cluster know this one.
    public func clusterID() throws -> String {
        String(try command("CLUSTER MYID").split(separator: "\r\n").last ?? "")
    }

    /// The port on which the servers of a cluster speak with each other.
    func clusterPort() throws -> String {
        String(try command("CONFIG GET cluster-port").split(separator: "\r\n").last ?? "")
    }
}
