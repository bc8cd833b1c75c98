import Definitions
import GatewayCore

/// Keeps answers from clients that are not as the API's definition has them.
struct ResponseSchemaPolicy: FlowPolicy {
    let contract: OperationContract
    let limits: PolicyLimits

    var needsBody: Bool { contract.readsResponseBodies }

    func needsBody(of visit: PolicyVisit) -> Bool {
        guard let status = visit.response?.status, mayHaveBody(visit, status) else { return false }
        if case .checked = contract.response(status: Int(status)).body(ofType: visit.contentType) { return true }
        return false
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let status = visit.response?.status else { return .next }
        let expected = contract.response(status: Int(status))
        var findings = expected.findings(in: MessageParameters { visit.text(of: $0) })
        guard mayHaveBody(visit, status) else { return outcome(findings) }
        switch expected.body(ofType: visit.contentType) {
        case .anything: return outcome(findings)
        case .otherType(let sentence, _):
            // Answers without body often do not say so in their head.
            if visit.contentType != nil, visit.announcesBody { findings.append(sentence) }
            return outcome(findings)
        case .checked(let schema):
            return visit.withContent(limits, work: { schema.findings(in: $0) }) { outcome(findings + $0) }
        }
    }

    private func outcome(_ findings: [String]) -> StageOutcome {
        findings.isEmpty ? .next : .refused(.responseBreaksSchema(findings))
    }

    private func mayHaveBody(_ visit: PolicyVisit, _ status: Int32) -> Bool {
        visit.resourceVerb != "HEAD" && status != 204 && status != 304
    }
}
