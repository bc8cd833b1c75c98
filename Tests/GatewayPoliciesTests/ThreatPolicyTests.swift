import GatewayCore
import Model
import Testing

@testable import GatewayPolicies

@Suite("Policies against threats")
struct ThreatPolicyTests {
    private func status(
        _ use: GatewayPolicyUse, _ body: String, type: String = "application/json", path: String = "/orders/5",
        fields: [String] = []
    ) async -> (status: String, body: String) {
        let bench = PolicyBench.request(use)
        await bench.send("POST", path, ["Content-Type: \(type)"] + fields, body: body.bytes)
        return (bench.toUpstream.isEmpty ? bench.status : "passed", bench.answeredBody)
    }

    private static let bounds = PolicyBench.use(
        "jsonValidator", "v1",
        [
            "maxPropertyCount": "2", "maxStringLength": "5", "maxArrayElementCount": "3", "maxKeyLength": "4",
            "maxJsonDepth": "3",
        ])

    @Test(
        "JSON within its bounds passes",
        arguments: [
            #"{"a":1,"b":[1,2,3]}"#, " [ ] ", #"{"a":{"b":{}}}"#, #""12345""#, "null", "-1.5e3", #"{"a":"x\"y"}"#, "[[[]]]",
            "{}",
        ])
    func goodJSON(text: String) async {
        #expect(await status(Self.bounds, text).status == "passed")
    }

    @Test(
        "JSON that exceeds a bound is refused with it",
        arguments: [
            (#"{"a":1,"b":2,"c":3}"#, "Max Property Count Reached"), (#"{"a":"123456"}"#, "Max String Length Reached"),
            ("[1,2,3,4]", "Max Array Length Reached"), (#"{"abcde":1}"#, "Max Key Length Reached"),
            ("[[[[]]]]", "Max Depth Reached"), (#"{"a":{"b":{"c":{}}}}"#, "Max Depth Reached"),
        ])
    func boundedJSON(text: String, reason: String) async {
        let (status, body) = await status(Self.bounds, text)
        #expect(status == "400")
        #expect(
            body
                == #"{"code":"400","message":"Bad Request","description":"Request is failed due to JSON schema validation failure:  \#(reason)"}"#
        )
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "{", "}", "[1,]", "[,1]", #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, "nul", "1 2", #""abc"#, "\"a\nb\"", "[1}", "{]", "--1",
            "",
            "[\"\\", "{\"a\":1,}", "tru", "\u{feff}", "'a'",
        ])
    func badJSON(text: String) async {
        #expect(await status(Self.bounds, text).status == (text.isEmpty ? "passed" : "400"))
    }

    @Test("a deep nest costs no more than the bound")
    func deepJSON() async {
        #expect(await status(Self.bounds, String(repeating: "[", count: 1_000_000)).status == "400")
    }

    @Test("bodies of other types are not the JSON validator's business")
    func otherTypes() async {
        #expect(await status(Self.bounds, "<a/>", type: "application/xml").status == "passed")
        #expect(await status(PolicyBench.use("xmlValidator"), "{", type: "application/json").status == "passed")
    }

    @Test("XML within its bounds passes")
    func goodXML() async {
        let text = #"<?xml version="1.0"?><a b="c"><d>text &amp; &lt;</d><!-- x --><e/></a>"#
        #expect(await status(PolicyBench.use("xmlValidator"), text, type: "text/xml").status == "passed")
    }

    @Test(
        "XML that exceeds a bound, declares a document type or is malformed is refused",
        arguments: [
            (String(repeating: "<a>", count: 101) + String(repeating: "</a>", count: 101), "Maximum Element"),
            ("<a>" + String(repeating: "<b/>", count: 101) + "</a>", "Maximum Element Count limit (100) Exceeded"),
            (
                "<a " + (0..<101).map { "b\($0)='1'" }.joined(separator: " ") + "/>",
                "Maximum Number of Attributes limit (100) Exceeded"
            ),
            ("<a b='\(String(repeating: "x", count: 101))'/>", "Maximum Attribute Length limit (100) Exceeded"),
            (#"<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>"#, "document type declaration"),
            (#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#, "document type declaration"),
            ("<a>", "Error occurred while parsing"),
            ("<a>&x;</a>", "Error occurred while parsing"), ("<a></b>", "Error occurred while parsing"),
            ("x", "Error occurred while parsing"),
        ])
    func badXML(text: String, reason: String) async {
        let (status, body) = await status(PolicyBench.use("xmlValidator"), text, type: "application/xml")
        #expect(status == "400" && body.contains(reason), "\(body)")
    }

    @Test("a million laughs take no time")
    func laughs() async {
        var text = "<!DOCTYPE lolz [<!ENTITY lol \"lol\">"
        for level in 1...9 {
            text += "<!ENTITY lol\(level) \"\(String(repeating: level == 1 ? "&lol;" : "&lol\(level - 1);", count: 10))\">"
        }
        text += "]><lolz>&lol9;</lolz>"
        #expect(await status(PolicyBench.use("xmlValidator"), text, type: "application/xml").status == "400")
    }

    @Test(
        "requests that look like SQL injection are refused, wherever it stands",
        arguments: [
            ("/orders/5'", "", "URL"), ("/orders/5?q=1%27%20or", "", "Query Parameters"),
            ("/orders/5?q=drop%20TABLE+x", "", "Query Parameters"), ("/orders/5", #"{"a":"SELECT x FROM y"}"#, "Payload"),
            ("/orders/5", #"{"a":"delete  from t"}"#, "Payload"), ("/orders/5", "insert\ninto t", "Payload"),
        ])
    func injection(path: String, body: String, place: String) async {
        let (status, answer) = await status(PolicyBench.use("regexPolicy"), body, path: path)
        #expect(status == "400" && answer.contains("SQL-Injection Threat detected in \(place)"))
    }

    @Test("header fields are looked at too")
    func injectedHeader() async {
        let (status, answer) = await status(
            PolicyBench.use("regexPolicy"), "{}", fields: ["X-Filter: truncate table users"])
        #expect(status == "400" && answer.contains("in Headers"))
    }

    @Test("ordinary requests pass")
    func ordinary() async {
        #expect(
            await status(
                PolicyBench.use("regexPolicy"), #"{"a":"please select one; we deliver from Rome","b":"dropped"}"#,
                path: "/orders/5?from=a&select=b"
            ).status == "passed")
    }

    @Test("a long body is worked on elsewhere and with the same outcome")
    func longBodies() async {
        let long = String(repeating: "select ", count: 20_000)
        #expect(await status(PolicyBench.use("regexPolicy"), long).status == "passed")
        #expect(await status(PolicyBench.use("regexPolicy"), long + " x' ").status == "400")
        let array = "[" + String(repeating: "1,", count: 50_000) + "1]"
        #expect(await status(PolicyBench.use("jsonValidator"), array).status == "400")
    }
}
