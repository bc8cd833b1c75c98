import Documents
import GatewayCore
import Logging

/// `jsonFault` and `debugJsonFault`: tell of faults as JSON in one form, whatever form the request was in.
struct JSONFaultPolicy: FlowPolicy {
    /// Takes the details of faults; `nil` for the policy that only tells the client.
    let logger: Logger?

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let refusal = visit.refusal else { return .next }
        let fault: JSONValue = [
            "fault": [
                "code": JSONValue(Int(refusal.code)), "type": "Status report", "message": JSONValue(refusal.message),
                "description": JSONValue(refusal.description),
            ]
        ]
        visit.replaceContent(Array(fault.text.utf8), type: "application/json; charset=UTF-8")
        logger?.info(
            "fault",
            metadata: [
                "request": "\(visit.requestID)", "api": "\(visit.apiTitle)", "code": "\(refusal.code)",
                "message": "\(refusal.message)", "detail": "\(refusal.description)", "endpoint": "\(visit.endpointURL)",
            ])
        return .next
    }
}
