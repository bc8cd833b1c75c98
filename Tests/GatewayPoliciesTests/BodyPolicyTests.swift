import CZlib
import GatewayCore
import Model
import Testing

@testable import GatewayPolicies

@Suite("Policies of bodies")
struct BodyPolicyTests {
    @Test(
        "JSON becomes XML and XML becomes JSON",
        arguments: [
            (#"{"a":1}"#, "<jsonObject><a>1</a></jsonObject>"),
            (#"{"a":"<&>","b":null,"c":true}"#, "<jsonObject><a>&lt;&amp;&gt;</a><b/><c>true</c></jsonObject>"),
            (#"{"a":[1,2]}"#, "<jsonObject><?xml-multiple a?><a>1</a><a>2</a></jsonObject>"),
            (
                "[1,{}]",
                "<jsonArray><?xml-multiple jsonElement?><jsonElement>1</jsonElement><jsonElement></jsonElement></jsonArray>"
            ),
            (
                #"{"1a":{"$b":1,"c d":2}}"#,
                "<jsonObject><_JsonReader_PD_1a><_JsonReader_PS_b>1</_JsonReader_PS_b><c_JsonReader_32_d>2</c_JsonReader_32_d></_JsonReader_PD_1a></jsonObject>"
            ),
        ])
    func conversion(json: String, xml: String) async {
        let bench = PolicyBench.request(PolicyBench.use("jsonToXML"))
        await bench.send("POST", "/orders/5", ["Content-Type: application/json"], body: json.bytes)
        #expect(bench.sentBody == xml)
        #expect(PolicyBench.value("Content-Type", in: bench.toUpstream) == "application/xml")
        #expect(PolicyBench.value("Content-Length", in: bench.toUpstream) == "\(xml.utf8.count)")
    }

    @Test(
        "XML becomes JSON",
        arguments: [
            ("<a><b>1</b><b>two</b></a>", #"{"a":{"b":[1,"two"]}}"#), ("<a/>", #"{"a":null}"#),
            (#"<n:a xmlns:n="urn:x" c="d">t</n:a>"#, #"{"a":{"@c":"d","$":"t"}}"#), ("<a>007</a>", #"{"a":"007"}"#),
            ("<a>1e400</a>", #"{"a":"1e400"}"#), ("<jsonObject><a>true</a></jsonObject>", #"{"a":true}"#),
            ("<jsonArray><jsonElement>1</jsonElement></jsonArray>", "[1]"), ("<a><![CDATA[<x>]]></a>", #"{"a":"<x>"}"#),
        ])
    func toJSON(xml: String, json: String) async {
        let bench = PolicyBench.response(PolicyBench.use("xmlToJson"))
        await bench.send("GET")
        await bench.answer("200 OK\r\nContent-Type: text/xml", body: xml.bytes)
        #expect(bench.answeredBody == json)
        #expect(PolicyBench.value("Content-Type", in: bench.toClient) == "application/json")
    }

    @Test("what cannot be converted is the sender's fault")
    func unconvertible() async {
        let request = PolicyBench.request(PolicyBench.use("jsonToXML"))
        await request.send("POST", "/orders/5", ["Content-Type: application/json"], body: "{".bytes)
        #expect(request.status == "400" && request.toClient.contains("601000"))
        let response = PolicyBench.response(PolicyBench.use("xmlToJson"))
        await response.send("GET")
        await response.answer("200 OK\r\nContent-Type: text/xml", body: "<a>".bytes)
        #expect(response.status == "502")
    }

    @Test("bodies that have the form already, and none at all, stay")
    func unneeded() async {
        let bench = PolicyBench.request(PolicyBench.use("xmlToJson"))
        await bench.send("POST", "/orders/5", ["Content-Type: application/json"], body: "{ }".bytes)
        #expect(bench.sentBody == "{ }")
        let empty = PolicyBench.response(PolicyBench.use("xmlToJson"))
        await empty.send("GET")
        await empty.answer("200 OK")
        #expect(empty.toClient.contains("Content-Length: 0\r\n"))
    }

    private static func packed(_ text: String, windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = text.bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                _ = deflate(&stream, Z_FINISH)
            }
        }
        return Array(output.prefix(Int(stream.total_out)))
    }

    @Test(
        "packed answers are unpacked for policies",
        arguments: [("gzip", 31), ("deflate", 15), ("deflate", -15)] as [(String, Int32)])
    func packedAnswer(coding: String, windowBits: Int32) async {
        let bench = PolicyBench.response(PolicyBench.use("xmlToJson"))
        await bench.send("GET", "/orders/5", ["Accept-Encoding: br, gzip"])
        #expect(PolicyBench.value("Accept-Encoding", in: bench.toUpstream) == "gzip")
        let body = Self.packed("<a>" + String(repeating: "x", count: 100_000) + "</a>", windowBits: windowBits)
        await bench.answer("200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: \(coding)", body: body)
        #expect(PolicyBench.value("Content-Encoding", in: bench.toClient) == nil)
        #expect(bench.answeredBody.hasPrefix(#"{"a":"xxxx"#) && bench.answeredBody.utf8.count == 100_008)
    }

    @Test("codings that are broken, unknown or bombs are refused")
    func badCodings() async {
        let bomb = Self.packed(String(repeating: " ", count: 20_000_000), windowBits: 31)
        for (coding, body, status) in [
            ("gzip", "plain".bytes, "400"), ("br", "x".bytes, "415"), ("gzip", bomb, "413"),
            ("gzip", Array(Self.packed("<a/>", windowBits: 31).dropLast(9)), "400"),
        ] {
            let bench = PolicyBench.request(PolicyBench.use("xmlToJson"))
            await bench.send("POST", "/orders/5", ["Content-Type: text/xml", "Content-Encoding: \(coding)"], body: body)
            #expect(bench.status == status)
        }
    }

    @Test("jsonFault tells of faults as JSON, debugJsonFault logs them too")
    func faults() async throws {
        let bench = PolicyBench(GatewayPolicyFlows(fault: [PolicyBench.use("debugJsonFault")]))
        await bench.send("PUT", "/orders/5", ["Content-Type: application/xml"], body: "<a/>".bytes)
        await bench.fail(.connectFailed)
        #expect(bench.status == "500")
        #expect(
            bench.answeredBody
                == #"{"fault":{"code":101503,"type":"Status report","message":"Runtime Error","description":"Error connecting to the back end"}}"#
        )
        #expect(PolicyBench.value("Content-Type", in: bench.toClient) == "application/json; charset=UTF-8")
        #expect(bench.log.messages == ["fault"])
    }

    @Test("addLogMessage logs the message without what is secret")
    func log() async throws {
        let bench = PolicyBench.request(PolicyBench.use("addLogMessage"), PolicyBench.use("debugRequestFlow"))
        await bench.send("POST", "/orders/5?q=1", ["Cookie: secret", "X-A: b", "Origin: http://o"], body: "text".bytes)
        let first = try #require(bench.log.all.first?.metadata)
        #expect("\(first["headers"] ?? "")".contains("X-A: b") && !"\(first)".contains("secret"))
        #expect(first["body"] == "text" && first["verb"] == "POST" && first["to"] == "/orders/5" && first["request"] == "r1")
        #expect(bench.log.all[1].metadata["Origin"] == "http://o")
        #expect(bench.toUpstream.contains("Cookie: secret\r\n"))
    }
}
