import Documents
import GatewayCore

/// `jsonToXML` and `xmlToJson`: give the body the other form. A body that has it already, or none, stays as it is.
struct ConversionPolicy: FlowPolicy {
    enum Direction { case jsonToXML, xmlToJSON }

    let needsBody = true
    private let direction: Direction
    private let limits: PolicyLimits

    init(_ direction: Direction, limits: PolicyLimits) {
        self.direction = direction
        self.limits = limits
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        let type = visit.mediaType
        guard visit.body?.isEmpty == false else { return .next }
        switch direction {
        case .jsonToXML:
            guard !type.isXML else { return .next }
            return convert(visit, to: "application/xml") { bytes throws(ConversionFailure) in try XMLForm.text(ofJSON: bytes) }
        case .xmlToJSON:
            guard !type.isJSON else { return .next }
            return convert(visit, to: "application/json") { bytes throws(ConversionFailure) in try JSONForm.text(ofXML: bytes) }
        }
    }

    private func convert(
        _ visit: PolicyVisit, to type: String,
        _ conversion: @escaping @Sendable ([UInt8]) throws(ConversionFailure) -> [UInt8]
    ) -> StageOutcome {
        visit.withContent(
            limits,
            work: { bytes -> Result<[UInt8], ConversionFailure> in
                do throws(ConversionFailure) { return .success(try conversion(bytes)) } catch { return .failure(error) }
            },
            then: { result in
                switch result {
                case .success(let converted):
                    visit.replaceContent(converted, type: type)
                    return .next
                case .failure(let failure):
                    return visit.flow == .fault ? .next : .refused(.unparsableBody(failure.reason, visit.flow))
                }
            })
    }
}

/// Why a body has no other form.
struct ConversionFailure: Error {
    let reason: String
}
