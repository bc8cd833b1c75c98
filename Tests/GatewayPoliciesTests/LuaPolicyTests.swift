import GatewayCore
import Model
import Scripting
import Testing

@testable import GatewayPolicies

@Suite("Policies written in Lua")
struct LuaPolicyTests {
    @Test("a script reads and changes every part of a request")
    func request() async {
        let bench = PolicyBench.script(
            """
            function on_request()
              request.headers["X-Seen"] = table.concat({request.method, request.path, request.query_string, request.headers["x-in"],
                request.query.a, request.query["b c"], tostring(request.query.none), request.body}, "|")
              request.headers["X-In"] = nil
              request.method = "PUT"
              request.path = "/other path"
              request.query.a = nil
              request.query.d = "e f"
              request.body = request.body:upper()
            end
            """)
        await bench.send("POST", "/orders/5?a=1&b+c=%32", ["X-In: in"], body: "text".bytes)
        #expect(bench.toUpstream.hasPrefix("PUT /base/other%20path?b%20c=2&d=e%20f HTTP/1.1\r\n"))
        #expect(PolicyBench.value("X-Seen", in: bench.toUpstream) == "POST|/orders/5|a=1&b+c=%32|in|1|2|nil|text")
        #expect(PolicyBench.value("X-In", in: bench.toUpstream) == nil)
        #expect(bench.sentBody == "TEXT")
    }

    @Test("a script changes answers, and refusals")
    func response() async {
        let script = """
            function on_response()
              response.headers["X-Was"] = response.status
              response.status = 203
              response.headers.server = nil
              local value = json.decode(response.body)
              value.added = {1, json.null}
              response.body = json.encode(value)
            end
            function on_fault()
              response.status = 503
              response.headers["X-Code"] = context.error_code
              response.headers["X-Path"] = request.path
              response.body = context.error_message
            end
            """
        let bench = PolicyBench.script(script)
        await bench.send("GET")
        await bench.answer("200 OK\r\nServer: s\r\nContent-Type: application/json", body: "{}".bytes)
        #expect(bench.status == "203" && PolicyBench.value("X-Was", in: bench.toClient) == "200")
        #expect(PolicyBench.value("Server", in: bench.toClient) == nil && bench.answeredBody == #"{"added":[1,null]}"#)
        let failing = PolicyBench.script(script)
        await failing.send("GET")
        await failing.fail(.timedOut)
        #expect(failing.status == "503" && failing.answeredBody == "Timed out waiting for the back end")
        #expect(PolicyBench.value("X-Code", in: failing.toClient) == "101504")
        #expect(PolicyBench.value("X-Path", in: failing.toClient) == "/orders/5")
    }

    @Test("a script learns who calls what, and its parameters")
    func context() async {
        let bench = PolicyBench.script(
            """
            function on_request()
              local names = {"user", "api", "api_version", "api_context", "resource", "verb", "tenant", "client_address", "request_id",
                "key_type", "flow", "application"}
              local values = {}
              for index, name in ipairs(names) do values[index] = tostring(context[name]) end
              request.headers["X-Context"] = table.concat(values, "|")
              local given = {}
              for name, value in pairs(parameters) do given[#given + 1] = name .. "=" .. value end
              request.headers["X-Parameters"] = table.concat(given, "&")
              local fields = {}
              for name in pairs(request.headers) do fields[#fields + 1] = name:lower() end
              log(table.concat(fields, ","))
            end
            """, parameters: ["a": "1", "b": "2"])
        await bench.send("GET")
        #expect(
            PolicyBench.value("X-Context", in: bench.toUpstream)
                == "anonymous|Shop|1.0.0|/shop/1.0.0|/orders/{id}|GET|carbon.super|192.0.2.7|r1|PRODUCTION|request|nil")
        #expect(PolicyBench.value("X-Parameters", in: bench.toUpstream) == "a=1&b=2")
        #expect(bench.log.messages == ["host,activityid,x-context,x-parameters"])
    }

    @Test("a script refuses with a status and a message")
    func refuse() async {
        let bench = PolicyBench.script(#"function on_request() pcall(refuse, 403, 'not "you"') end"#)
        await bench.send("GET")
        #expect(bench.status == "403" && bench.toUpstream.isEmpty)
        #expect(
            bench.answeredBody
                == #"{"code":"403","type":"Status report","message":"Refused","description":"not \"you\""}"#)
    }

    @Test("a script sends the request to another address, but not to any")
    func endpoint() async {
        let bench = PolicyBench.script(
            """
            function on_request()
              if pcall(function() request.endpoint = "http://169.254.169.254/" end) then refuse(500, "leak") end
              request.endpoint = "http://other:81/x"
            end
            """)
        await bench.send("GET")
        #expect(bench.upstreamAddress == "other:81" && bench.toUpstream.hasPrefix("GET /x/orders/5 "))
    }

    @Test("bodies are collected only for scripts that speak of them")
    func streaming() async {
        let bench = PolicyBench.script("function on_request() request.headers['X-A'] = tostring(request['bo' .. 'dy']) end")
        await bench.send("POST", body: "hello".bytes, isChunked: true)
        #expect(bench.toUpstream.hasSuffix("\r\n5\r\nhello\r\n0\r\n\r\n"))
        #expect(PolicyBench.value("X-A", in: bench.toUpstream) == "nil")
        #expect(LuaWorkshop.namesBody("x = request.body") && !LuaWorkshop.namesBody("somebody bodyguard body_x nobody"))
    }

    @Test(
        "a script that is wrong, or tries what it may not, refuses the request and says why in the log",
        arguments: [
            ("this is no Lua", "syntax error"), ("function on_request() error('oops') end", "oops"),
            ("function on_request() while true do end end", "limits"),
            ("function on_request() local x = nil; x.y = 1 end", "index"),
            ("function on_request() response.status = 200 end", "cannot be set"),
            ("function on_request() request.nothing = 1 end", "cannot be set"),
            ("function on_request() request.path = 'relative' end", "cannot be set"),
            ("function on_request() request.method = 'a b' end", "cannot be set"),
            ("function on_request() request.headers['a b'] = 'x' end", "cannot be set"),
            ("function on_request() context.user = 'admin' end", "cannot be set"),
            ("function on_request() parameters.x = 'y' end", "cannot be set"),
            ("function on_request() request.headers.x = {} end", "must be a text or a number"),
        ])
    func failures(script: String, reason: String) async {
        let bench = PolicyBench.script(script)
        await bench.send("GET")
        #expect(bench.status == "500" && bench.answeredBody.contains("The policy custom v1 failed"))
        #expect(bench.failure.contains(reason), "\(bench.log.all)")
    }

    @Test("after a script has exceeded a limit the next request is served again")
    func recovers() async {
        let bench = PolicyBench.script(
            "function on_request() if request.headers.bad then while true do end end request.headers['X-Ok'] = '1' end")
        for _ in 0..<3 {
            await bench.send("GET", "/orders/5", ["Bad: 1"])
            await bench.send("GET")
            await bench.answer("204 No Content")
        }
        #expect(bench.toUpstream.components(separatedBy: "X-Ok: 1").count == 4)
        #expect(bench.toClient.components(separatedBy: "HTTP/1.1 500").count == 4)
    }

    @Test("values of one request do not reach the next one through global variables")
    func noLeak() async {
        let bench = PolicyBench.script("function on_request() secret = request.headers.cookie end")
        await bench.send("GET", "/orders/5", ["Cookie: c"])
        #expect(bench.status == "500")
        #expect(bench.failure.contains("declare it local"))
    }

    @Test("injection of lines into heads does not work")
    func lines() async {
        let bench = PolicyBench.script(
            #"function on_request() request.headers["X-A"] = "1\r\nX-Evil: 2" request.path = "/a\r\nX: y" end"#)
        await bench.send("GET")
        #expect(!bench.toUpstream.contains("\r\nX-Evil") && !bench.toUpstream.contains("\r\nX: y"))
    }

    @Test("packed bodies are plain texts to scripts")
    func packed() async {
        let bench = PolicyBench.script("function on_request() request.headers['X-L'] = #request.body end")
        // An empty gzip member.
        let body: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        await bench.send("POST", "/orders/5", ["Content-Encoding: gzip"], body: body)
        #expect(PolicyBench.value("X-L", in: bench.toUpstream) == "0")
        #expect(PolicyBench.value("Content-Encoding", in: bench.toUpstream) == nil)
    }
}
