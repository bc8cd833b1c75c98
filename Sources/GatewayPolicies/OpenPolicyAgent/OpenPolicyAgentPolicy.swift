import Documents
import GatewayCore
import OutgoingHTTP

/// `opaPolicy`: asks an Open Policy Agent whether the request may pass.
struct OpenPolicyAgentPolicy: FlowPolicy {
    private let url: String
    private let accessKey: String?
    private let sendsAccessToken: Bool
    private let additionalFields: [String]
    private let timeoutMilliseconds: Int64
    private let fetcher: OutgoingFetcher

    init(_ parameters: PolicyParameters, _ services: PolicyServices) throws(PolicyProblem) {
        var server = try parameters.required("serverUrl")
        while server.hasSuffix("/") { server.removeLast() }
        url = "\(server)/\(try parameters.required("policy"))/\(parameters["rule"] ?? "allow")"
        guard OutgoingURL(url) != nil else { throw PolicyProblem("serverUrl is no URL") }
        accessKey = parameters["accessKey"]
        sendsAccessToken = try parameters.bool("sendAccessToken", default: false)
        additionalFields = (parameters["additionalProperties"] ?? "").split(separator: ",").map { String($0).trimmingBlanks() }
        let seconds = try parameters.integer("connectionTimeout", default: 30)
        timeoutMilliseconds = Int64(min(max(seconds, 1), 120)) * 1000
        fetcher = services.fetcher
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        var request = OutgoingRequest("POST", url)
        request.headers = [("Content-Type", "application/json")]
        if let accessKey { request.headers.append(("Authorization", accessKey)) }
        request.body = Array(JSONValue.object(JSONObject([("input", input(visit))])).text.utf8)
        let (fetcher, prepared) = (fetcher, request)
        return .waits(
            Errand("the policy agent", timeoutMilliseconds: timeoutMilliseconds) {
                let answer = try await fetcher.send(prepared)
                guard answer.status == 200 else { throw OutgoingError.status(answer.status) }
                return (try? JSONValue.parse(answer.body))?["result"] == true
            } resume: { result in
                switch result {
                case .success(true): .next
                case .success(false): .refused(.agentRefused)
                case .failure: .refused(.agentFailed)
                }
            })
    }

    private func input(_ visit: PolicyVisit) -> JSONValue {
        let draft = visit.request
        let headers = (draft?.fields ?? []).map {
            (String(decoding: $0.name, as: UTF8.self), JSONValue(String(decoding: $0.value, as: UTF8.self)))
        }
        var input: JSONValue = [
            "path": JSONValue(draft.map { String(decoding: visit.exchange.upstreamPath($0), as: UTF8.self) } ?? ""),
            "method": JSONValue(draft.map { String(decoding: $0.method, as: UTF8.self) } ?? ""),
            "requestOrigin": JSONValue(visit.clientAddress), "apiContext": context(visit),
            "transportHeaders": .object(JSONObject(headers)),
        ]
        for name in additionalFields {
            guard let field = FieldName(name), let value = draft?.value(of: field) else { continue }
            input[name] = JSONValue(String(decoding: value, as: UTF8.self))
        }
        return input
    }

    private func context(_ visit: PolicyVisit) -> JSONValue {
        var context: JSONValue = [
            "apiName": JSONValue(visit.apiName), "apiPublisher": JSONValue(visit.apiProvider),
            "isAuthenticated": JSONValue(visit.exchange.isAuthenticated), "username": JSONValue(visit.userName),
            "keyType": JSONValue(visit.exchange.keyType.rawValue), "consumerKey": JSONValue(visit.consumerKey),
            "issuer": JSONValue(visit.claim("iss")?.string), "subscriberOrganization": JSONValue(visit.tenantDomain),
        ]
        if let application = visit.application {
            context["applicationName"] = JSONValue(application.name)
            context["applicationUUID"] = JSONValue(application.id)
            context["subscriber"] = JSONValue(application.owner)
        }
        if sendsAccessToken { context["accessToken"] = JSONValue(visit.credentialText) }
        return context
    }
}

extension Refusal {
    static let agentRefused = Refusal(
        code: 901_101, status: 401, message: "Forbidden", description: "", shape: .short)
    static let agentFailed = Refusal(
        code: 901_100, status: 500, message: "Error while evaluating the policy", description: "", shape: .short)
}
