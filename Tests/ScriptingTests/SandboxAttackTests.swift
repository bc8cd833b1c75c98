import Testing

@testable import Scripting

/// A host with two members.
private final class TestHost: ScriptHost {
    private(set) var logged: [String] = []
    private(set) var settings: [String] = []

    func value(of key: String, in object: ScriptObject) -> [UInt8]? {
        switch (object, key) {
        case (.request, "path"): Array("/a".utf8)
        case (.requestHeaders, "name"): Array("value".utf8)
        case (.request, "long"): Array(repeating: 0x61, count: 1_000_000)
        default: nil
        }
    }

    func set(_ key: String, in object: ScriptObject, to value: [UInt8]?) -> Bool {
        settings.append("\(key)=\(value.map { String(decoding: $0, as: UTF8.self) } ?? "nil")")
        return key != "fixed"
    }

    func name(at position: Int, in object: ScriptObject) -> [UInt8]? { position == 0 ? Array("name".utf8) : nil }

    func log(_ message: String) { logged.append(message) }
}

@Suite("The sandbox of scripts under attack", .timeLimit(.minutes(5)))
struct SandboxAttackTests {
    private static let exhausted = ScriptSandbox.Outcome.failed("the script exceeded its limits of time or memory")

    private func run(_ source: String, limits: ScriptLimits = ScriptLimits()) throws -> (ScriptSandbox.Outcome, [String]) {
        let sandbox = try #require(ScriptSandbox(limits))
        let script = try sandbox.load(source, name: "test").get()
        let host = TestHost()
        let outcome = sandbox.call("run", of: script, host: host)
        #expect(sandbox.isUsedUp == (outcome == Self.exhausted))
        #expect(sandbox.memory <= limits.memory)
        return (outcome, host.logged)
    }

    @Test(
        "whatever takes too much time or memory ends, also when the script catches errors",
        arguments: [
            "while true do end", "goto x ::x:: goto x", "pcall(function() while true do end end) log('survived')",
            "while true do pcall(function() while true do end end) end",
            "xpcall(function() while true do end end, function() while true do end end)",
            "for i = 1, 1e9 do pcall(error) end", "repeat local ok = pcall(pcall, pcall, error) until false",
            "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "local s = 'x' while true do s = s .. s end",
            "pcall(function() local s = 'x' while true do s = s .. s end end) log('survived')",
            "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
            "return ('x'):rep(1e9)", "return ('x'):rep(1e9, 'y')", "pcall(string.rep, 'x', 1e12) log('survived')",
            "local t = {} for i = 1, 1e8 do t = {t} end", "local function f() return f() + 1 end f()",
            "local t = {} for i = 1, 20000 do t[i] = 0 end while true do table.insert(t, 1, 0) end",
            "local t = {} for i = 1, 20000 do t[i] = i % 7 end while true do table.sort(t) end",
            "local t = {} for i = 1, 20000 do t[i] = 'x' end while true do table.concat(t) end",
            "local a, b = ('x'):rep(1e6), ('x'):rep(1e6 - 1) .. 'x' while a == b do end",
            "local t = {} for i = 1, 20000 do t[i] = 1 end for i = 1, 20000 do t[i] = nil end while true do next(t) end",
            "local s = ('a'):rep(1e6) while true do s:upper() end",
            "local s = ('a'):rep(1e6) while true do s:find('b', 1, true) end",
            "local s = ('a'):rep(30) s:find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
            "('a'):rep(5000):find(('a*'):rep(10) .. 'b')",
            "('a'):rep(5000):gsub(('.-'):rep(10) .. 'b', '')", "for w in ('a'):rep(5000):gmatch(('a-'):rep(9) .. 'b') do end",
            "pcall(string.find, ('a'):rep(5000), ('a*'):rep(10) .. 'b') log('survived')",
            "while true do log('x') end", "while true do json.decode('[1,2,3]') end",
            "while true do local x = request.path end",
            "local t = {} while true do t[#t + 1] = request.long end", "while true do request.name = 'x' end",
            "while true do for name in pairs(request.headers) do end end", "while true do utf8.len(('ä'):rep(10000)) end",
            "while true do tostring(1e300 * 3.3) end", "while true do string.format('%99.99f', 1e308) end",
        ])
    func bounded(body: String) throws {
        let (outcome, logged) = try run("function run() \(body) end")
        #expect(outcome == Self.exhausted)
        #expect(!logged.contains("survived"))
    }

    @Test(
        "what only looks dangerous ends by itself",
        arguments: [
            "return (''):rep(1e18)", "local function f() return pcall(f) end return f()",
            "local t = {} t.t = t pcall(json.encode, t)", "pcall(json.decode, ('['):rep(100000))",
            "pcall(string.gsub, 'x', 'x', function(x) error({}) end)", "pcall(string.rep)", "pcall(table.unpack, {}, 1, 1e8)",
            "pcall(string.format, ('%s'):rep(1000), 1)", "pcall(string.byte, ('x'):rep(1e6), 1, -1)",
            "pcall(table.sort, {3, 2, 1, 5, 4}, function() return true end)", "pcall(string.find, 'x', '[')",
            "pcall(string.find, 'x', '%')", "pcall(string.find, 'x', '(')", "pcall(string.find, 'x', '%1')",
            "pcall(string.find, 'x', ('('):rep(100))", "pcall(string.gsub, 'x', 'x', '%9')", "pcall(table.insert, {}, 5, 5)",
            "pcall(select, -5)", "pcall(next, {}, 'no such key')", "pcall(utf8.char, -1)", "pcall(string.char, 256)",
        ])
    func harmless(body: String) throws {
        #expect(try run("function run() \(body) end").0 == .done)
    }

    @Test("functions with which a script could leave its sandbox are not there")
    func absent() throws {
        let names = [
            "getmetatable", "setmetatable", "rawset", "rawget", "rawequal", "load", "loadstring", "loadfile", "dofile",
            "require", "io",
            "os", "debug", "coroutine", "package", "collectgarbage", "print", "_G", "string.dump", "math.randomseed", "warn",
        ]
        let list = names.map { "tostring(\($0))" }.joined(separator: ", ")
        let (outcome, logged) = try run("function run() for _, v in ipairs({\(list)}) do log(v) end end")
        #expect(outcome == .done)
        #expect(logged == names.map { _ in "nil" })
    }

    @Test(
        "libraries, tables of the host and global variables cannot be changed",
        arguments: [
            "string.find = nil", "table.insert = nil", "json.null = 1", "math.pi = 3", "leak = 1", "_ENV.leak = 1",
            "request = {}",
            "log = nil", "run = nil",
        ])
    func fixed(statement: String) throws {
        let (outcome, _) = try run("function run() \(statement) end")
        guard case .failed(let reason) = outcome else {
            Issue.record("\(statement) is allowed")
            return
        }
        #expect(reason.contains("cannot be"))
    }

    @Test("addresses of memory are not shown")
    func addresses() throws {
        let (outcome, logged) = try run(
            "function run() log(tostring({})) log(tostring(log)) log(tostring(request)) log(tostring(pcall(string.format, '%-20p', {}))) end"
        )
        #expect(outcome == .done && logged == ["table", "function", "table", "false"])
    }

    @Test(
        "errors of every kind stay inside",
        arguments: [
            ("error({})", "the script raised an error that is no text"),
            ("error()", "the script raised an error that is no text"),
            ("error('plain', 0)", "plain"), ("error('placed')", "test:1: placed"), ("local x = 1 + {}", "arithmetic"),
            ("(nil)()", "call a nil value"), ("error(setmetatable)", "the script raised an error that is no text"),
            ("pcall()", "bad argument"), ("refuse(200, 'x')", "a status from 400 to 599"), ("refuse('x')", "number expected"),
        ])
    func errors(statement: String, message: String) throws {
        guard case .failed(let reason) = try run("function run() \(statement) end").0 else {
            Issue.record("\(statement) does not fail")
            return
        }
        #expect(reason.contains(message), "\(reason)")
    }

    @Test("refusing cannot be caught")
    func refusal() throws {
        let (outcome, logged) = try run("function run() pcall(refuse, 403, 'no') log('survived') end")
        #expect(outcome == .refused(status: 403, message: "no") && logged.isEmpty)
    }

    @Test(
        "scripts that are none, or do too much while they are loaded, are told from others",
        arguments: [
            "x = x x", "\u{1b}Lua", "while true do end", "refuse(403, 'x')", "log(request.path)", "local x <close> = 5",
            "error('x')",
        ])
    func loading(source: String) {
        #expect(ScriptCheck.problem(in: source, name: "test") != nil)
    }

    @Test("deeply nested source is refused by the compiler")
    func deepSource() {
        #expect(ScriptCheck.problem(in: "x = " + String(repeating: "(", count: 10_000), name: "test") != nil)
        #expect(ScriptCheck.problem(in: String(repeating: "do ", count: 10_000), name: "test") != nil)
    }

    @Test("a hundred calls leave no memory behind")
    func memory() throws {
        let sandbox = try #require(ScriptSandbox(ScriptLimits()))
        let script = try sandbox.load(
            "function run() local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) .. i end end", name: "t"
        ).get()
        for _ in 0..<100 { #expect(sandbox.call("run", of: script, host: TestHost()) == .done) }
        #expect(sandbox.memory < ScriptLimits().memory)
    }
}
