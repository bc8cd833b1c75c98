import Documents
import Model
import Synchronization
import Testing

@testable import GatewayCore

@Suite("API logs and the correlation log")
struct CallLogTests {
    /// A connection of a gateway whose extra logs lie in memory.
    private final class Scene {
        let connection: ScriptedConnection
        private let lines: Lines

        private final class Lines: Sendable {
            let api = Mutex<[UInt8]>([])
            let correlation = Mutex<[UInt8]>([])
        }

        init(_ logging: GatewayLogging..., bodyBytes: Int = 100, observers change: (inout GatewayObservers) -> Void = { _ in })
        {
            let lines = Lines()
            self.lines = lines
            var observers = GatewayObservers()
            observers.apiLog = { bytes in lines.api.withLock { $0 += bytes } }
            observers.correlationLog = { bytes in lines.correlation.withLock { $0 += bytes } }
            observers.loggedBodyBytes = bodyBytes
            change(&observers)
            var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil))
            let api = GatewayFixture.api { api in
                api.operations += [
                    GatewayOperation(verb: "POST", target: "/open/*", authType: "None", policy: "Unlimited", scopes: [])
                ]
            }
            builder.apply([.put(.api(api))] + logging.map { .put(.logging($0)) })
            connection = ScriptedConnection(pipeline: RequestPipeline(snapshot: builder.build(), observers: observers))
        }

        var apiLines: [String] { Self.split(lines.api.withLock { $0 }) }
        var correlationLines: [String] { Self.split(lines.correlation.withLock { $0 }) }

        private static func split(_ bytes: [UInt8]) -> [String] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }

        /// The JSON of the lines.
        func entries() throws -> [JSONValue] {
            try apiLines.map { line in
                let start = try #require(line.firstRange(of: "{API_LOG} Pizza - "))
                return try JSONValue.parse(String(line[start.upperBound...]))
            }
        }

        func call() {
            connection.client(
                "POST /pizza/1.0.0/open/a?x=1&apikey=hush HTTP/1.1\r\nHost: shop\r\nactivityid: id-1\r\nCookie: hush\r\n"
                    + "X-Note: a\"b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
            connection.milliseconds += 5
            connection.ready()
            connection.milliseconds += 20
            connection.upstream(
                "HTTP/1.1 201 Created\r\nSet-Cookie: hush\r\nX-Shop: 1\r\nContent-Length: 4\r\n\r\nok")
            connection.upstream("ok")
        }
    }

    private static func log(_ rules: APILogRule...) -> GatewayLogging {
        .api(GatewayAPILog(tenant: -1234, apiID: "api-1", rules: rules))
    }

    @Test("the basic level tells who called what, in four lines")
    func basic() throws {
        let scene = Scene(Self.log(APILogRule(level: .basic)))
        scene.call()
        #expect(scene.apiLines.first?.hasPrefix("[2023-11-14 22:30:00,000]  INFO {API_LOG} Pizza - {") == true)
        let entries = try scene.entries()
        let common: JSONValue = ["sourceIP": "127.0.0.1", "verb": "POST", "correlationId": "id-1"]
        let path = "/pizza/1.0.0/open/a?x=1&apikey=***"
        let own: [JSONValue] = [
            ["apiTo": JSONValue(path), "flow": "REQUEST_IN"],
            ["apiTo": "http://backend:9000/base/", "flow": "REQUEST_OUT"],
            ["apiTo": "http://backend:9000/base/", "flow": "RESPONSE_IN", "statusCode": 201],
            ["apiTo": JSONValue(path), "flow": "RESPONSE_OUT", "statusCode": 201],
        ]
        #expect(entries.count == 4)
        for (entry, own) in zip(entries, own) {
            let members = [common, own].flatMap { Array($0.object ?? JSONObject()) }
            #expect(Set(entry.object?.names ?? []) == Set(members.map { $0.0 }))
            for (name, value) in members { #expect(entry[name] == value, "\(name)") }
        }
    }

    @Test("the standard level has header fields, without what proves who somebody is")
    func standard() throws {
        let scene = Scene(Self.log(APILogRule(level: .standard)))
        scene.call()
        let headers = try scene.entries().map { $0["headers"]?.strings ?? [] }
        #expect(headers.count == 4)
        #expect(headers[0] == ["Host=shop", "activityid=id-1", "Cookie=***", "X-Note=a\"b", "Transfer-Encoding=chunked"])
        #expect(headers[1].contains("Host=backend:9000") && headers[1].contains("Cookie=***"))
        #expect(headers[2] == ["Set-Cookie=***", "X-Shop=1", "Content-Length=4"])
        #expect(headers[3].contains("Set-Cookie=***") && headers[3].contains("activityid=id-1"))
        #expect(!scene.apiLines.joined().contains("hush"))
        #expect(try scene.entries().allSatisfy { $0["payload"] == nil })
    }

    @Test("the full level has bodies without their transfer coding, up to a limit", arguments: [100, 5, 0])
    func full(limit: Int) throws {
        let scene = Scene(Self.log(APILogRule(level: .full)), bodyBytes: limit)
        scene.call()
        let payloads = try scene.entries().map { $0["payload"]?.string }
        let (request, response) = (String("abcdef".prefix(limit)), String("okok".prefix(limit)))
        #expect(payloads == [request, request, response, response])
        #expect(scene.connection.toClient.hasSuffix("okok") && scene.connection.toUpstream.contains("3\r\nabc\r\n"))
    }

    @Test("a body that is no text is written nevertheless, and stays JSON")
    func binary() throws {
        let scene = Scene(Self.log(APILogRule(level: .full)))
        scene.connection.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\n\r\n")
        scene.connection.ready()
        let bytes: [UInt8] = Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".utf8) + [0xff, 0x01, 0x22]
        _ = bytes.withUnsafeBytes { scene.connection.connection.upstreamBytes($0, at: scene.connection.now) }
        #expect(try scene.entries().last?["payload"]?.string == "\u{ff}\u{1}\"")
    }

    @Test("a refused call has what came in and what went out")
    func refused() throws {
        let scene = Scene(Self.log(APILogRule(level: .full)))
        scene.connection.client("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hush\r\n\r\n")
        let entries = try scene.entries()
        #expect(entries.map { $0["flow"]?.string } == ["REQUEST_IN", "RESPONSE_OUT"])
        #expect(entries.last?["statusCode"] == 401)
        #expect(entries.last?["payload"]?.string?.contains("900901") == true)
        #expect(!scene.apiLines.joined().contains("hush"))
    }

    @Test("an operation's level counts more than the API's, in both directions")
    func operations() throws {
        let loud = Scene(Self.log(APILogRule(verb: "POST", target: "/open/*", level: .basic)))
        loud.call()
        loud.connection.client("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(loud.apiLines.count == 4)
        let silent = Scene(
            Self.log(APILogRule(level: .basic), APILogRule(verb: "POST", target: "/open/*", level: .off)))
        silent.call()
        #expect(silent.apiLines.isEmpty)
        silent.connection.client("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(silent.apiLines.count == 2)
    }

    @Test("other APIs, and all of them without such a log, are not logged")
    func others() {
        for scene in [
            Scene(), Scene(.api(GatewayAPILog(tenant: -1234, apiID: "api-2", rules: [APILogRule(level: .full)]))),
        ] {
            scene.call()
            #expect(scene.apiLines.isEmpty && scene.correlationLines.isEmpty)
        }
    }

    @Test("a log is switched off by its removal")
    func removed() {
        var directory = LoggingDirectory()
        directory.set(GatewayAPILog(tenant: -1234, apiID: "a", rules: [APILogRule(level: .full)]), apiIdentity: 3)
        directory.correlates = true
        #expect(Set(directory.keys) == ["api/a", "correlation"] && !directory.isEmpty)
        directory.remove(key: "api/b")
        directory.remove(key: "correlation")
        #expect(directory.keys == ["api/a"])
        directory.remove(key: "api/a")
        #expect(directory.isEmpty)
    }

    @Test("the correlation log has a line a call, with as many columns for each")
    func correlation() throws {
        let scene = Scene(.correlation(isEnabled: true))
        scene.call()
        scene.connection.client("GET /nowhere|x HTTP/1.1\r\nHost: x\r\nactivityid: id-2\r\n\r\n")
        #expect(
            scene.correlationLines == [
                "2023-11-14 22:30:00,025|id-1|gateway|20|HTTP|Pizza|POST|/pizza/1.0.0|/open/a|-|carbon.super|127.0.0.1|-|api-1|6|4|201|-|-|25",
                "2023-11-14 22:30:00,025|id-2|gateway|0|HTTP|-|GET|-|/nowhere_x|-|-|127.0.0.1|-|-|0|"
                    + "\(scene.connection.connection.exchange.responseBodyBytes)|404|-|-|0",
            ])
        #expect(scene.apiLines.isEmpty)
    }
}
