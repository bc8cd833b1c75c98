import FoundationEssentials
import NIOCore

/// The name servers that the system is configured with.
enum NameServers {
    /// Reads a file in the form of `resolv.conf`; the machine itself if there is none or it names none.
    static func read(_ path: String = "/etc/resolv.conf") -> [SocketAddress] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let named = parse(text)
        return named.isEmpty ? parse("nameserver 127.0.0.1") : named
    }

    static func parse(_ text: String) -> [SocketAddress] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return try? SocketAddress(ipAddress: String(words[1].prefix { $0 != "%" }), port: 53)
        }
    }
}
