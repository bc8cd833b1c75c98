import Documents
import GatewayCore
import RegularExpressions

/// `jwtClaimBasedAccessValidator`: lets pass, or keeps out, calls whose token has a claim of a certain value.
struct ClaimAccessPolicy: FlowPolicy {
    private let claim: String
    private let expected: String
    private let pattern: RegularExpression?
    /// Whether the calls that match are those to keep out.
    private let keepsOutMatches: Bool

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        claim = try parameters.required("accessVerificationClaim")
        expected = try parameters.required("accessVerificationClaimValue")
        if let text = parameters["accessVerificationClaimValueRegex"] {
            pattern = try PolicyParameters.expression(text, .whole)
        } else {
            pattern = nil
        }
        keepsOutMatches = try parameters.bool("shouldAllowValidation", default: false)
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let value = visit.claim(claim), !value.isNull else { return .refused(.claimAbsent) }
        let texts = value.strings ?? [value.string ?? value.text]
        let outcomes = texts.map(match)
        // What cannot be decided keeps out in either way.
        if outcomes.contains(.tooComplex) { return .refused(.claimMismatch) }
        return outcomes.contains(.matches) == keepsOutMatches ? .refused(.claimMismatch) : .next
    }

    private func match(_ text: String) -> RegularExpression.Outcome {
        pattern?.match(text) ?? (text == expected ? .matches : .differs)
    }
}

extension Refusal {
    static let claimMismatch = Refusal(
        code: 900_912, status: 403, message: "Claim Mismatch",
        description: "The value of a claim of the token does not allow the call", blamesClient: true)
    static let claimAbsent = Refusal(
        code: 900_913, status: 403, message: "Claim Invalid",
        description: "The token lacks the claim that decides on the call", blamesClient: true)
}
