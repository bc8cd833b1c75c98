import Model

@testable import GatewayCore

/// A connection of a gateway with one API that keeps answers for 60 seconds.
final class CacheScene {
    let cache: ResponseCache
    let subject: ScriptedConnection
    private let pipeline: RequestPipeline

    init(
        seconds: Int = 60, policies: [String: ScriptedPolicy] = [:], flows: GatewayPolicyFlows? = nil,
        cache: ResponseCache = ResponseCache(), passesAuthorization: Bool = false
    ) {
        self.cache = cache
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil), policies: ScriptedPolicies(policies: policies))
        let api = GatewayFixture.api { api in
            api.responseCacheSeconds = seconds
            api.policies = flows
            api.operations = ["GET", "POST", "HEAD", "PUT"].map {
                GatewayOperation(verb: $0, target: "/open/*", authType: "None", policy: "Unlimited", scopes: [])
            }
        }
        builder.apply([.put(.api(api))])
        var settings = PipelineSettings()
        settings.passesAuthorization = passesAuthorization
        pipeline = RequestPipeline(settings: settings, snapshot: builder.build())
        pipeline.responseCache = cache
        subject = ScriptedConnection(pipeline: pipeline)
    }

    /// Sends a request and answers it, if it goes to the upstream, with the given head and body; answers what went where.
    @discardableResult
    func exchange(
        _ verb: String = "GET", _ path: String = "/open/a", _ fields: [String] = [], body: String = "",
        upstream status: String = "200 OK", _ answerFields: [String] = [], _ answerBody: String = "hello"
    ) -> (client: String, upstream: String?) {
        subject.toClient = ""
        subject.toUpstream = ""
        let lines = ["\(verb) /pizza/1.0.0\(path) HTTP/1.1", "Host: x", "activityid: 1"] + fields
        let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
        let actions = subject.client((lines + length + ["", body]).joined(separator: "\r\n"))
        guard actions.contains(.acquireUpstream) else { return (subject.toClient, nil) }
        subject.ready()
        let hasBody = !status.hasPrefix("304") && !status.hasPrefix("204")
        let framing = hasBody ? ["Content-Length: \(answerBody.utf8.count)"] : []
        let head = (["HTTP/1.1 \(status)"] + answerFields + framing + ["", ""]).joined(separator: "\r\n")
        subject.upstream(head + (hasBody && verb != "HEAD" ? answerBody : ""))
        return (subject.toClient, subject.toUpstream)
    }

    /// Whether a request is answered without the upstream.
    func isKept(_ path: String = "/open/a", _ fields: [String] = []) -> Bool { exchange("GET", path, fields).upstream == nil }

    /// Another client of the same gateway.
    func another() -> ScriptedConnection { ScriptedConnection(pipeline: pipeline) }

    func wait(seconds: UInt64) { subject.milliseconds += seconds * 1000 }
}
