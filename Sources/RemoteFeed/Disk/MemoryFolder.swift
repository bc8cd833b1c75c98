import FoundationEssentials
import Glibc

/// The files of a gateway's memory. A snapshot holds everything as of its number's beginning; the changes of that number, and of the numbers
/// after it, follow on it.
struct MemoryFolder: Sendable {
    let path: String

    init(path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func snapshot(_ number: Int) -> String { "\(path)/snapshot-\(number)" }
    func changes(_ number: Int) -> String { "\(path)/changes-\(number)" }
    /// A snapshot that is still being taken in, and one that is still being made of older files.
    var draft: String { "\(path)/draft-received" }
    var mergeDraft: String { "\(path)/draft-merged" }

    /// Numbers of the snapshots that are there, the newest first.
    var snapshots: [Int] { numbers("snapshot-").sorted(by: >) }

    /// The highest number in use; 0 in an empty folder.
    var highest: Int { (numbers("snapshot-") + numbers("changes-")).max() ?? 0 }

    /// Gives a draft its number: from then on it counts, and what it replaces is deleted.
    func complete(_ draft: String, as number: Int) throws {
        guard rename(draft, snapshot(number)) == 0 else { throw DiskProblem(draft) }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw DiskProblem(path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw DiskProblem(path) }
        for old in numbers("snapshot-") where old < number { unlink(snapshot(old)) }
        for old in numbers("changes-") where old < number { unlink(changes(old)) }
    }

    private func numbers(_ prefix: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
    }
}
