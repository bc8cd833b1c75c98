/// Why the platform cannot start or a command cannot do its work: one sentence for the person at the terminal, exit code 1.
struct StartProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
