import NIOSSL
import Redis
import Settings
import SharedCounters

extension SharedCounterSettings {
    /// `nil` when no store is configured or the exchange is switched off.
    init?(settings: Settings) throws {
        guard settings[SettingsTable.sharesCounters] else { return nil }
        let host = settings[SettingsTable.redisHost]
        let sentinels = settings[SettingsTable.redisSentinels]
        guard !host.isEmpty || !sentinels.isEmpty else { return nil }
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
        let sentinels = try settings[SettingsTable.redisSentinels].map(Address.init(setting:))
        if !sentinels.isEmpty {
            sentinel = Sentinel(
                addresses: sentinels, master: settings[SettingsTable.redisMaster],
                user: settings[SettingsTable.redisSentinelUser], password: settings[SettingsTable.redisSentinelPassword])
        }
        user = settings[SettingsTable.redisUser]
        password = settings[SettingsTable.redisPassword]
        database = settings[SettingsTable.redisDatabase]
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
    /// `host:port`, with an IPv6 address in brackets; without a port that of Sentinels.
    init(setting text: String) throws {
        let problem = StartProblem("apim.redis_config.sentinel_addresses: \(text) is not like host:26379.")
        var host = Substring(text)
        var port = 26_379
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
