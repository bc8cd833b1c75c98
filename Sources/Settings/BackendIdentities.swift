import Documents

/// Certificates that the gateway shows to back ends, as `deployment.toml` lists them.
public struct BackendIdentities: SettingValue {
    public struct Entry: Sendable, Equatable {
        /// `host:port`, in lower case.
        public var server: String
        /// Paths of PEM files.
        public var certificateFile: String
        public var keyFile: String
    }

    public var entries: [Entry]

    init(entries: [Entry] = []) { self.entries = entries }

    public static var expectation: String { "tables with server, certificate_file and key_file" }

    public init?(setting: JSONValue) {
        guard let tables = setting.array else { return nil }
        entries = tables.compactMap { table in
            guard let server = table["server"]?.string, let certificate = table["certificate_file"]?.string,
                let key = table["key_file"]?.string, server.contains(":")
            else { return nil }
            return Entry(server: server.lowercased(), certificateFile: certificate, keyFile: key)
        }
        if entries.count != tables.count { return nil }
    }

    public var setting: JSONValue {
        .array(
            entries.map {
                [
                    "server": .string($0.server), "certificate_file": .string($0.certificateFile),
                    "key_file": .string($0.keyFile),
                ]
            })
    }
}
