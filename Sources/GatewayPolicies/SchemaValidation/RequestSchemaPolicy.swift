import Definitions
import GatewayCore

/// Refuses requests that are not as the API's definition has them.
struct RequestSchemaPolicy: FlowPolicy {
    let contract: OperationContract
    let limits: PolicyLimits

    var needsBody: Bool { contract.readsRequestBodies }

    func needsBody(of visit: PolicyVisit) -> Bool {
        if case .checked = contract.requestBody(ofType: visit.contentType) { true } else { false }
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        var findings = contract.findings(in: parameters(of: visit))
        switch contract.requestBody(ofType: visit.contentType) {
        case .anything: return outcome(findings)
        case .otherType(let sentence, let isRequired):
            if visit.announcesBody {
                findings.append(sentence)
            } else if isRequired {
                findings.append("the body is required")
            }
            return outcome(findings)
        case .checked(let schema):
            return visit.withContent(limits, work: { schema.findings(in: $0) }) { outcome(findings + $0) }
        }
    }

    private func outcome(_ findings: [String]) -> StageOutcome {
        findings.isEmpty ? .next : .refused(.requestBreaksSchema(findings))
    }

    private func parameters(of visit: PolicyVisit) -> MessageParameters {
        guard let draft = visit.request else { return MessageParameters { _ in nil } }
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        let variables = PathVariables.values(in: visit.exchange.upstreamPath(draft), template: visit.resourceTemplate)
        let query = QueryCoding.parameters(of: visit.exchange.upstreamQuery(draft) ?? [])
        return MessageParameters(
            path: variables.mapValues { text(QueryCoding.decoded($0[...], isPath: true)) },
            query: query.map { (text($0.name), text($0.value)) }, header: { visit.text(of: $0) })
    }
}

extension Refusal {
    static func requestBreaksSchema(_ findings: [String]) -> Refusal {
        Refusal(
            code: 400, status: 400, message: "Bad Request",
            description: "Schema validation failed in the Request: \(list(findings))", blamesClient: true)
    }

    static func responseBreaksSchema(_ findings: [String]) -> Refusal {
        Refusal(
            code: 500, status: 500, message: "Bad Response",
            description: "Schema validation failed in the Response: \(list(findings))")
    }

    /// Sentences of a description; more than these help nobody.
    private static let mostFindings = 20

    private static func list(_ findings: [String]) -> String {
        findings.prefix(mostFindings).map { $0 + ", " }.joined()
    }
}
