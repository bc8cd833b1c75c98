import Testing

@testable import Redis

@Suite("The Redis protocol")
struct RESPParserTests {
    private static let answers: [(String, RESPValue)] = [
        ("+OK\r\n", .text(Array("OK".utf8))), ("-ERR bad\r\n", .error("ERR bad")), (":-42\r\n", .integer(-42)),
        ("$5\r\nhe\r\nl\r\n", .text(Array("he\r\nl".utf8))), ("$0\r\n\r\n", .text([])), ("$-1\r\n", .null), ("*-1\r\n", .null),
        ("_\r\n", .null), ("#t\r\n", .truth(true)), ("#f\r\n", .truth(false)), (",1.5\r\n", .number(1.5)),
        (",inf\r\n", .number(.infinity)), ("(12345678901234567890123\r\n", .text(Array("12345678901234567890123".utf8))),
        ("=6\r\ntxt:hi\r\n", .text(Array("hi".utf8))), ("!3\r\nERR\r\n", .error("ERR")),
        ("*2\r\n:1\r\n*1\r\n$1\r\na\r\n", .array([.integer(1), .array([.text([0x61])])])),
        ("~1\r\n:1\r\n", .array([.integer(1)])),
        ("%1\r\n$1\r\na\r\n:1\r\n", .map([.text([0x61]), .integer(1)])), ("*0\r\n", .array([])),
    ]

    @Test("every kind of answer is read, however it is cut into pieces", arguments: answers.indices)
    func kinds(index: Int) throws {
        let (text, value) = Self.answers[index]
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var parser = RESPParser()
            parser.append(bytes[..<cut])
            if cut < bytes.count { #expect(try parser.next() == nil) }
            parser.append(bytes[cut...])
            #expect(try parser.next() == value)
            #expect(try parser.next() == nil)
        }
    }

    @Test("many answers in one piece come one after the other")
    func pipelined() throws {
        var parser = RESPParser()
        for _ in 0..<5_000 { parser.append(Array(Self.answers.map(\.0).joined().utf8)) }
        for _ in 0..<5_000 {
            for (_, value) in Self.answers { #expect(try parser.next() == value) }
        }
        #expect(try parser.next() == nil)
    }

    @Test("messages and attributes that nobody asked for are skipped")
    func unasked() throws {
        var parser = RESPParser()
        parser.append(Array(">2\r\n+invalidate\r\n*1\r\n$1\r\na\r\n|1\r\n+ttl\r\n:3\r\n:7\r\n".utf8))
        #expect(try parser.next() == .integer(7))
    }

    @Test(
        "nonsense is a fault, never a crash",
        arguments: [
            "x\r\n", ":a\r\n", ":99999999999999999999\r\n", "$-2\r\n", "$99999999999\r\n", "*99999999999\r\n", "*-5\r\n",
            "+a\rb\r\n",
            "$1\r\nabc\r\n", "#x\r\n", "#\r\n", ",x\r\n", "%99999999\r\n", String(repeating: "*1\r\n", count: 40),
            "+" + String(repeating: "a", count: 70_000),
        ])
    func nonsense(text: String) {
        var parser = RESPParser()
        parser.append(Array(text.utf8))
        #expect(throws: RESPFault.self) { while try parser.next() != nil {} }
    }

    @Test("random bytes never crash", arguments: 0..<200)
    func noise(seed: Int) {
        var generator = Noise(state: UInt64(seed))
        let alphabet = Array("+-:$*%~>|_#,(=!0123456789\r\nab".utf8)
        var parser = RESPParser()
        for _ in 0..<50 {
            parser.append((0..<20).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] })
            do { while try parser.next() != nil {} } catch { return }
        }
    }

    private struct Noise {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    @Test("commands are arrays of texts")
    func commands() {
        var commands = RedisCommands()
        commands.append("HSET", "ü", "1")
        commands.append("PING")
        #expect(commands.count == 2)
        #expect(
            String(decoding: commands.bytes, as: UTF8.self) == "*3\r\n$4\r\nHSET\r\n$2\r\nü\r\n$1\r\n1\r\n*1\r\n$4\r\nPING\r\n")
    }
}

@Suite("Signing in to a store")
struct SignInTests {
    private func commands(_ steps: SignIn, _ answers: [RESPValue]) throws -> [[String]] {
        var steps = steps
        var sent: [[String]] = []
        var rest = answers[...]
        while let command = steps.next() {
            sent.append(command)
            try steps.take(rest.popFirst() ?? .null)
        }
        return sent
    }

    private static let ok = RESPValue.text(Array("OK".utf8))

    @Test("version 3 with the credential, then the database, then the role")
    func full() throws {
        var steps = SignIn(user: "martlet", password: "secret")
        steps.database = 2
        steps.wantsMaster = true
        let role = RESPValue.array([.text(Array("master".utf8))])
        #expect(
            try commands(steps, [.map([]), Self.ok, role])
                == [["HELLO", "3", "AUTH", "martlet", "secret"], ["SELECT", "2"], ["ROLE"]])
    }

    @Test("the default user, and no credential at all")
    func defaults() throws {
        #expect(try commands(SignIn(user: "", password: "x"), [.map([])]) == [["HELLO", "3", "AUTH", "default", "x"]])
        #expect(try commands(SignIn(user: "", password: ""), [.map([])]) == [["HELLO", "3"]])
    }

    @Test("an old server gets the credential by itself")
    func oldServer() throws {
        let unknown = RESPValue.error("ERR unknown command `HELLO`, with args beginning with: `3`, ")
        #expect(
            try commands(SignIn(user: "", password: "x"), [unknown, Self.ok]) == [
                ["HELLO", "3", "AUTH", "default", "x"], ["AUTH", "x"],
            ])
        #expect(try commands(SignIn(user: "", password: ""), [unknown]) == [["HELLO", "3"]])
    }

    @Test("refusals and replicas end it")
    func refusals() {
        #expect(throws: RedisError.refused("WRONGPASS no")) {
            try commands(SignIn(user: "", password: "x"), [.error("WRONGPASS no")])
        }
        var steps = SignIn(user: "", password: "")
        steps.wantsMaster = true
        #expect(throws: RedisError.notMaster) { try commands(steps, [.map([]), .array([.text(Array("slave".utf8))])]) }
    }

    @Test("attempts to connect become rarer, up to a bound")
    func delays() {
        var delay = ReconnectDelay()
        let delays = (0..<12).map { _ in delay.fail(chance: 1) }
        #expect(delays.first == 50 && delays.last == 5_000)
        #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
        delay.succeed()
        #expect((25...50).contains(delay.fail(chance: 0)))
    }
}
