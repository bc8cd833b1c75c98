/// The commands before the first one of use: version 3 of the protocol with the credential, for older servers the credential alone,
/// then the database, and the question whether the server is the master.
struct SignIn {
    private enum Step { case hello, auth, select, role, done }

    let user: String
    let password: String
    var database = 0
    /// Whether a replica is refused.
    var wantsMaster = false
    private var step = Step.hello

    init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// The next command; `nil` when all are through.
    mutating func next() -> [String]? {
        switch step {
        case .hello: return ["HELLO", "3"] + (password.isEmpty ? [] : ["AUTH", user.isEmpty ? "default" : user, password])
        case .auth: return ["AUTH"] + (user.isEmpty ? [] : [user]) + [password]
        case .select: return ["SELECT", String(database)]
        case .role: return ["ROLE"]
        case .done: return nil
        }
    }

    /// Takes the answer to the command. Throws if it ends the sign-in.
    mutating func take(_ answer: RESPValue) throws(RedisError) {
        switch (step, answer.errorMessage) {
        case (.hello, let message?) where message.hasPrefix("ERR unknown command") || message.hasPrefix("NOPROTO"):
            step = password.isEmpty ? afterCredential : .auth
        case (_, let message?): throw .refused(message)
        case (.hello, nil), (.auth, nil): step = afterCredential
        case (.select, nil): step = wantsMaster ? .role : .done
        case (.role, nil):
            guard answer.elements?.first?.string == "master" else { throw .notMaster }
            step = .done
        case (.done, nil): break
        }
    }

    private var afterCredential: Step { database != 0 ? .select : wantsMaster ? .role : .done }
}
