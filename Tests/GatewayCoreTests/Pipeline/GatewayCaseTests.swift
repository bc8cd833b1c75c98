import Documents
import Foundation
import Model
import Testing
import Tokens

@testable import GatewayCore

/// One case of a file in `Cases/`: changes of the standard API, a request, and what must come of it. Adding a case needs no code.
struct GatewayCase: Sendable, CustomTestStringConvertible {
    let file: String
    let json: JSONValue

    var testDescription: String { "\(file): \(json["name"]?.string ?? "?")" }

    /// All cases of all files, in order of the files' names.
    static func all() throws -> [GatewayCase] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Cases")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
        return try files.flatMap { file in
            let data = try Data(contentsOf: folder.appendingPathComponent(file))
            return try (JSONValue.parse(Array(data)).array ?? []).map { GatewayCase(file: file, json: $0) }
        }
    }
}

@Suite("Declarative cases")
struct GatewayCaseTests {
    @Test("a request gets the decision of its case", arguments: try GatewayCase.all())
    func run(_ item: GatewayCase) throws {
        let gateway = try GatewayFixture(settings: settings(item.json["settings"]))
        try install(item.json, in: gateway)
        if let peer = item.json["peer"]?.string { gateway.peerAddress = peer }
        gateway.isTrustedProxy = item.json["trusted"]?.bool ?? true
        gateway.isTLS = item.json["tls"]?.bool ?? false
        gateway.mayForward = item.json["forwards"]?.bool ?? false
        gateway.certificate = try item.json["shows"]?.string.flatMap(TestCertificates.named)?
            .shown(with: item.json["sendsMiddle"]?.bool ?? false ? [TestCertificates.middle.get()] : [])
        let fields = try (item.json["fields"]?.strings ?? []).map(expand)
        let request = try expand(item.json["request"]?.string ?? "")
        for _ in 0..<(item.json["before"]?.int ?? 0) { try gateway.send(request, fields) }
        check(try gateway.send(request, fields), item.json)
    }

    private func settings(_ json: JSONValue?) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.credentials.bindsTokensToCertificates = json?["bindsTokens"]?.bool ?? false
        settings.credentials.enforcesTokenType = json?["enforcesType"]?.bool ?? false
        settings.credentials.validatesCertificateChains = json?["validatesChains"]?.bool ?? false
        settings.credentials.decodesCertificateHeader = json?["decodesHeader"]?.bool ?? false
        settings.credentials.clockToleranceMilliseconds = json?["tolerance"]?.int.map(Int64.init) ?? 5_000
        return settings
    }

    private func install(_ json: JSONValue, in gateway: GatewayFixture) throws {
        var api = try JSONValue.parse(Array(JSONEncoder().encode(GatewayFixture.api())))
        for (name, value) in json["api"]?.object ?? JSONObject() { api[name] = value.isNull ? Optional<JSONValue>.none : value }
        gateway.put(.api(try decode(api)))
        for change in json["policies"]?.array ?? [] {
            var policy = try JSONValue.parse(Array(JSONEncoder().encode(GatewayFixture.policy(.api, "", limit: 0))))
            for (name, value) in change.object ?? JSONObject() { policy[name] = value }
            gateway.put(.policy(try decode(policy)))
        }
        if let state = json["subscription"]?.object {
            gateway.put(
                .subscription(
                    GatewayFixture.subscription(
                        policy: state["policy"]?.string ?? "Unlimited", state: state["state"]?.string ?? "UNBLOCKED")))
        }
        if let application = json["application"]?.object {
            gateway.put(
                .application(
                    GatewayFixture.application(
                        policy: application["policy"]?.string ?? "Unlimited",
                        status: application["status"]?.string ?? "APPROVED")))
        }
        try installCertificates(json, in: gateway)
        if let rule = json["rule"] {
            gateway.put(
                .revocationRule(
                    GatewayRevocationRule(
                        tenant: rule["tenant"]?.int ?? -1234,
                        subject: .init(rawValue: rule["subject"]?.string ?? "") ?? .user,
                        identifier: rule["identifier"]?.string ?? "",
                        revokedMilliseconds: rule["revoked"]?.int.map(Int64.init) ?? 0, expiresMilliseconds: .max)))
        }
        if let tokenID = json["revoked"]?.string {
            gateway.put(.revocation(GatewayRevocation(tenant: -1234, tokenID: tokenID, expiresMilliseconds: .max)))
        }
    }

    /// `certificates` are uploaded for production, `sandboxCertificates` for sandbox; `policy` is their plan.
    private func installCertificates(_ json: JSONValue, in gateway: GatewayFixture) throws {
        let plan = json["certificatePolicy"]?.string ?? "Unlimited"
        for (member, keyType) in [("certificates", KeyType.production), ("sandboxCertificates", .sandbox)] {
            for name in json[member]?.strings ?? [] {
                let pair = try name == "authority" ? TestCertificates.authority.get() : TestCertificates.named(name)
                guard let pair else { continue }
                gateway.put(.clientCertificate(try pair.uploaded(alias: name, keyType: keyType, policy: plan)))
            }
        }
    }

    private func decode<Value: Decodable>(_ json: JSONValue) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(json.serialized()))
    }

    /// Replaces `{{token {…claims…}}}`, `{{apikey {…}}}`, `{{foreign}}` and `{{internal CONTEXT}}` by signed tokens.
    private func expand(_ text: String) throws -> String {
        guard let start = text.range(of: "{{"), let end = text.range(of: "}}", options: .backwards) else { return text }
        let parts = text[start.upperBound..<end.lowerBound].split(separator: " ", maxSplits: 1).map(String.init)
        let claims = parts.count > 1 && parts[1].hasPrefix("{") ? try JSONValue.parse(parts[1]) : [:]
        let token =
            switch parts[0] {
            case "token": try GatewayFixture.token(claims)
            case "apikey": try GatewayFixture.apiKey(claims)
            case "foreign": try GatewayFixture.token(claims, signer: foreignSigner)
            case "foreign-apikey": try GatewayFixture.apiKey(claims, signer: foreignSigner)
            case "certificate": try TestCertificates.named(parts.count > 1 ? parts[1] : "known")?.header ?? ""
            case "bound":
                try GatewayFixture.token([
                    "cnf": [
                        "x5t#S256": JSONValue(
                            Base64URL.encode(try TestCertificates.named(parts[1])?.shown().fingerprint ?? []))
                    ]
                ])
            case "typed":
                try testSigner.get().sign(claims: GatewayFixture.claims(claims), type: "JWT")
            case "internal": try GatewayFixture.internalKey(context: parts.count > 1 ? parts[1] : "/pizza/1.0.0")
            default: ""
            }
        return text[..<start.lowerBound] + token + text[end.upperBound...]
    }

    private func check(_ sent: GatewayFixture.Sent, _ json: JSONValue) {
        #expect(sent.verdict == (json["upstream"] == nil ? .answer : .forward), "\(sent.body)")
        if let status = json["status"]?.int { #expect(Int(sent.status) == status, "\(sent.body)") }
        if let code = json["code"]?.int { #expect(Int(sent.code) == code) }
        if let body = json["body"] { #expect(sent.body == body.string ?? body.text) }
        if let upstream = json["upstream"]?.string {
            #expect(sent.upstreamHead.hasPrefix(upstream + " HTTP/1.1\r\n"), "\(sent.upstreamHead)")
        }
        for (name, value) in json["answers"]?.object ?? JSONObject() { #expect(sent.value(name) == value.string, "\(name)") }
        for text in json["sends"]?.strings ?? [] { #expect(sent.upstreamHead.contains(text)) }
        for text in json["hides"]?.strings ?? [] {
            #expect(!sent.upstreamHead.lowercased().contains(text.lowercased()))
            #expect(!sent.body.contains(text))
        }
    }
}
