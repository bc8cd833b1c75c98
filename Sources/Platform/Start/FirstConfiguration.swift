import FoundationEssentials
import Model

/// The configuration file that the first start writes into an empty data directory: an administrator with a random password.
struct FirstConfiguration {
    var file: String
    var random: RandomSource

    /// Writes the file with mode 0600, unless it is there. Returns whether it wrote it.
    func write() throws -> Bool {
        guard !FileManager.default.fileExists(atPath: file) else { return false }
        let written = FileManager.default.createFile(
            atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard written else { throw StartProblem("The configuration \(file) cannot be written.") }
        return true
    }

    private var text: String {
        """
        # Written at the first start. docs/configuration.md explains every key; `martlet config show` prints what is in force.

        [super_admin]
        username = "admin"
        password = "\(password)"

        """
    }

    /// 24 characters of an alphabet without look-alikes, about 138 bits.
    private var password: String {
        let alphabet = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        // Bytes at or above the largest multiple of the alphabet's size would favour its first letters.
        let bound = 256 - 256 % alphabet.count
        var letters = ""
        while letters.count < 24 {
            letters.append(contentsOf: random.bytes(32).filter { Int($0) < bound }.map { alphabet[Int($0) % alphabet.count] })
        }
        return String(letters.prefix(24))
    }
}
