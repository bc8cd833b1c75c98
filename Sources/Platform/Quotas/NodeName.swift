import FoundationEssentials
import Model

/// The name under which this node's counts lie in a shared store. It stays the same over restarts, so that a new process finds what the
/// one before had counted.
struct NodeName {
    let path: String

    /// The name of the file, or a new one that is written there. A directory that cannot be written gives a new name with every start;
    /// the counts under earlier names stay, as those of other nodes.
    func read(prefix: String, random: RandomSource) -> String {
        let host = ProcessInfo.processInfo.hostName
        if let bytes = FileManager.default.contents(atPath: path) {
            let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            // A copy of the directory on another machine must not write into the fields of the original.
            if parts.count == 2, parts[0] == host, parts[1].hasPrefix(prefix + "-") { return String(parts[1]) }
        }
        let name = "\(prefix)-\(random.uuid().prefix(13))"
        try? Data("\(host)\n\(name)\n".utf8).write(to: URL(filePath: path), options: .atomic)
        return name
    }
}
