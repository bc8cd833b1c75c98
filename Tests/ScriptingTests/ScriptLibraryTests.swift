import Testing

@testable import Scripting

private final class Recorder: ScriptHost {
    private(set) var logged: [String] = []
    func value(of key: String, in object: ScriptObject) -> [UInt8]? {
        object == .response && key == "status" ? Array("201".utf8) : nil
    }
    func set(_ key: String, in object: ScriptObject, to value: [UInt8]?) -> Bool { false }
    func name(at position: Int, in object: ScriptObject) -> [UInt8]? { nil }
    func log(_ message: String) { logged.append(message) }
}

@Suite("What scripts can use")
struct ScriptLibraryTests {
    /// What a script logs when it logs the values of expressions.
    private func values(_ expressions: String) throws -> [String] {
        let sandbox = try #require(ScriptSandbox(ScriptLimits()))
        let source = "function run() for _, v in ipairs({\(expressions)}) do log(tostring(v)) end end"
        let script = try sandbox.load(source, name: "test").get()
        let host = Recorder()
        #expect(sandbox.call("run", of: script, host: host) == .done)
        return host.logged
    }

    @Test(
        "patterns mean what they mean in Lua",
        arguments: [
            (#"('hello world'):find('wor')"#, ["7", "9"]), (#"('hello'):find('l+')"#, ["3", "4"]),
            (#"('key = value'):match('^(%w+)%s*=%s*(%w+)$')"#, ["key", "value"]),
            (#"('  trim '):match('^%s*(.-)%s*$')"#, ["trim"]),
            (#"('hello'):gsub('l', 'L')"#, ["heLLo", "2"]), (#"('hello'):gsub('', '-')"#, ["-h-e-l-l-o-", "6"]),
            (#"('abc'):gsub('%w', '%0%0')"#, ["aabbcc", "3"]),
            (#"('hello world'):gsub('(%w+) (%w+)', '%2 %1')"#, ["world hello", "1"]),
            (#"('a,b,,c'):gsub('[^,]*', 'x', 2)"#, ["x,x,,c", "2"]),
            (#"('$n is $a'):gsub('%$(%w+)', {n = 'x', a = false})"#, ["x is $a", "2"]),
            (#"('abc'):gsub('.', function(c) if c == 'b' then return '' end end)"#, ["ac", "3"]),
            (#"('THE (quick) fox'):find('%((%a+)%)')"#, ["5", "11", "quick"]), (#"('f(a(b)c)d'):match('%b()')"#, ["(a(b)c)"]),
            (#"('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)"#, ["the (quick) fox", "3"]),
            (#"('hello'):find('()ll()')"#, ["3", "4", "3", "5"]),
            (#"('abab'):match('(ab)%1')"#, ["ab"]), (#"('a.b'):find('.', 1, true)"#, ["2", "2"]),
            (#"('abc'):find('b', -2)"#, ["2", "2"]),
            (#"('x'):find('', 10) == nil"#, ["true"]), (#"('a]b'):match('[]]')"#, ["]"]), (#"('a-b'):match('[a%-]+')"#, ["a-"]),
            (#"('x^y'):match('[%^x]+')"#, ["x^"]), (#"('aXb'):match('%u')"#, ["X"]), (#"('caf\xc3\xa9'):len()"#, ["5"]),
            (#"('0123'):match('%d%d$')"#, ["23"]), (#"('ab12'):match('%D+')"#, ["ab"]), (#"('a'):rep(3, '-')"#, ["a-a-a"]),
        ])
    func patterns(expression: String, expected: [String]) throws {
        #expect(try values(expression) == expected)
    }

    @Test("gmatch walks through all matches")
    func gmatch() throws {
        #expect(
            try values(
                "(function() local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t+1] = k .. v end return table.unpack(t) end)()"
            ) == ["a1", "b2"])
        #expect(
            try values("(function() local n = 0 for w in ('one two'):gmatch('%a*') do n = n + 1 end return n end)()") == ["2"])
    }

    @Test(
        "JSON is read and written",
        arguments: [
            (#"json.encode(json.decode('{"a":[1,2.5,"\\u00e9\\ud83d\\ude00\\n",null,true,[]],"b":{}}'))"#, nil),
            (#"json.decode('[1]')[1] + 1"#, "2"), (#"json.encode({1, 'x', {a = json.null}})"#, #"[1,"x",{"a":null}]"#),
            (#"json.encode('\1"\\')"#, #""\u0001\"\\""#), (#"json.encode(json.empty_array)"#, "[]"),
            (#"json.encode(1e300)"#, nil),
            (#"pcall(json.decode, '[1,]')"#, "false"), (#"pcall(json.decode, '01')"#, "false"),
            (#"pcall(json.decode, '\"\\ud800\"')"#, "false"),
            (#"pcall(json.encode, 0/0)"#, "false"), (#"pcall(json.encode, {[1.5] = 1})"#, "false"),
            (#"pcall(json.encode, log)"#, "false"),
            (#"json.decode(' {"a" : "b"} ').a"#, "b"), (#"math.type(json.decode('10'))"#, "integer"),
        ] as [(String, String?)])
    func json(expression: String, expected: String?) throws {
        let found = try values(expression)
        #expect(expected == nil ? !found.isEmpty : found.first == expected, "\(found)")
    }

    @Test("the other libraries are there, and statuses are numbers")
    func libraries() throws {
        #expect(
            try values(
                "math.floor(2.5), math.max(1, 2), utf8.char(228), utf8.len('ä'), #table.concat({1, 2}), select('#', 1, 2)") == [
                    "2", "2", "ä", "1", "2", "2",
                ])
        #expect(try values("string.format('%5.1f|%s|%d|%q', 2.25, 'x', 3, 'y')") == ["  2.2|x|3|\"y\""])
        #expect(try values("response.status + 1, tonumber('0x10'), type(nil), tostring(nil)") == ["202", "16", "nil", "nil"])
        #expect(
            try values(
                "(function() local ok, e = xpcall(function() error('x', 0) end, function(m) return m .. '!' end) return e end)()"
            ) == ["x!"])
    }
}
