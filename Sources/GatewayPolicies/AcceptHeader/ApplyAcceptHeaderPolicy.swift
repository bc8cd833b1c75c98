import GatewayCore

/// `applyAcceptHeader`: gives the body the form that the kept `Accept` names, if it is the other one of JSON and XML.
struct ApplyAcceptHeaderPolicy: FlowPolicy {
    let needsBody = true
    private let toXML: ConversionPolicy
    private let toJSON: ConversionPolicy

    init(limits: PolicyLimits) {
        toXML = ConversionPolicy(.jsonToXML, limits: limits)
        toJSON = ConversionPolicy(.xmlToJSON, limits: limits)
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let accept = visit.exchange.policyNotes[PreserveAcceptHeaderPolicy.note] else { return .next }
        // The first type that is named counts; ranges such as `*/*` ask for nothing in particular.
        let first = accept.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") }
        let type = MediaType(String(decoding: first, as: UTF8.self))
        if type.isXML { return toXML.apply(to: visit) }
        return type.isJSON ? toJSON.apply(to: visit) : .next
    }
}
