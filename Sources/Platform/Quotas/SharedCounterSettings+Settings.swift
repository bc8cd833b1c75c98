import NIOSSL
import Redis
import Settings
import SharedCounters

extension SharedCounterSettings {
    /// `nil` when no store is configured or the exchange is switched off.
    init?(settings: Settings) throws {
        guard settings[SettingsTable.sharesCounters] else { return nil }
        let host = settings[SettingsTable.redisHost]
        let others = settings[SettingsTable.redisSentinels] + settings[SettingsTable.redisCluster]
        guard !host.isEmpty || !others.isEmpty else { return nil }
        self.init(
            store: try RedisSettings(settings: settings),
            intervalMilliseconds: Int64(settings[SettingsTable.counterInterval]),
            nodeName: settings[SettingsTable.counterNodeName], keyPrefix: settings[SettingsTable.redisKeyPrefix])
    }
}

extension RedisSettings {
    init(settings: Settings) throws {
        self.init(
            address: Address(host: settings[SettingsTable.redisHost], port: settings[SettingsTable.redisPort]))
        let sentinels = try settings[SettingsTable.redisSentinels].map {
            try Address($0, of: SettingsTable.redisSentinels.path, port: 26_379)
        }
        cluster = try settings[SettingsTable.redisCluster].map {
            try Address($0, of: SettingsTable.redisCluster.path, port: 6_379)
        }
        guard cluster.isEmpty || sentinels.isEmpty else {
            throw StartProblem(
                "\(SettingsTable.redisCluster.path): a store is a cluster, or watched by Sentinels, but not both.")
        }
        if !sentinels.isEmpty {
            sentinel = Sentinel(
                addresses: sentinels, master: settings[SettingsTable.redisMaster],
                user: settings[SettingsTable.redisSentinelUser], password: settings[SettingsTable.redisSentinelPassword])
        }
        user = settings[SettingsTable.redisUser]
        password = settings[SettingsTable.redisPassword]
        database = settings[SettingsTable.redisDatabase]
        guard cluster.isEmpty || database == 0 else {
            throw StartProblem("\(SettingsTable.redisDatabase.path): a cluster has the database 0 only.")
        }
        connectMilliseconds = Int64(settings[SettingsTable.redisConnectTimeout])
        answerMilliseconds = Int64(settings[SettingsTable.redisSocketTimeout])
        if settings[SettingsTable.redisTLS] { tls = try Self.context(settings) }
    }

    private static func context(_ settings: Settings) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        let path = settings[SettingsTable.redisAuthority]
        if !path.isEmpty {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
                throw StartProblem("apim.redis_config.ca_certificate_file: the file \(path) holds no PEM certificate.")
            }
            configuration.trustRoots = .certificates(certificates)
        }
        return try NIOSSLContext(configuration: configuration)
    }
}

extension RedisSettings.Address {
    /// `host:port`, with an IPv6 address in brackets; without a port the usual one.
    fileprivate init(_ text: String, of setting: String, port usual: Int) throws {
        let problem = StartProblem("\(setting): \(text) is not like host:\(usual).")
        var host = Substring(text)
        var port = usual
        let end = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[end...].lastIndex(of: ":"), text.first == "[" || text.filter({ $0 == ":" }).count == 1 {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { throw problem }
            port = number
            host = text[..<colon]
        }
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw problem }
        self.init(host: String(host), port: port)
    }
}
