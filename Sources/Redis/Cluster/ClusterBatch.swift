/// Commands that were sent together and went to several servers, until all their answers are there. Confined to its event loop.
final class ClusterBatch {
    /// How often a command is sent on from server to server; more would mean that these do not agree.
    static let mostRedirections = 5

    private struct Entry {
        var answer: RESPValue?
        var redirections = 0
    }

    let commands: RedisCommands
    private var entries: [Entry]
    private var missing: Int
    private let completion: RedisStore.Completion

    init(_ commands: RedisCommands, _ completion: @escaping RedisStore.Completion) {
        self.commands = commands
        self.completion = completion
        entries = Array(repeating: Entry(), count: commands.count)
        missing = commands.count
    }

    /// Whether a command may be sent on once more.
    func redirects(_ index: Int) -> Bool {
        entries[index].redirections += 1
        return entries[index].redirections <= Self.mostRedirections
    }

    /// Takes the answer to a command; with the last one the whole is answered.
    func answer(_ index: Int, _ answer: RESPValue) {
        guard entries[index].answer == nil else { return }
        entries[index].answer = answer
        missing -= 1
        if missing == 0 { completion(.success(entries.compactMap(\.answer))) }
    }
}
