/// The steps of a request in their order. `docs/architecture.md`, "Stages", tells what each is for and how another one is added.
enum Stage: UInt8, Comparable {
    /// Which API and operation; cross-origin questions are answered here.
    case match
    case authenticate
    case authorize
    case quota
    case requestPolicies
    /// Which upstream; the last one before the request goes there.
    case endpoint
    /// The first one of the answer; entered only if `Exchange.watchesResponse` was set on the way there.
    case responsePolicies

    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }

    /// Whether the request goes to the upstream, or the answer to the client, after this stage.
    var isLast: Bool { self == .endpoint || self == .responsePolicies }

    /// The stage after this one.
    var following: Stage { Stage(rawValue: rawValue + 1) ?? .responsePolicies }

    /// Whether the stage is a list of policies, so that what follows a policy is the next policy and not the next stage.
    var holdsPolicies: Bool { self == .requestPolicies || self == .responsePolicies }
}

/// What a stage says.
package enum StageOutcome {
    /// Go on with the next stage.
    case next
    /// The exchange holds an answer.
    case answered
    /// Elsewhere in memory, so that the outcomes of requests that pass are small.
    indirect case refused(Refusal)
    /// Collect the message's body, of so many bytes at most, and enter the stage again; it then lies in the exchange. A longer body is
    /// refused.
    case needsBody(limit: Int)
    /// Run the errand off the loop and go on as it says.
    case waits(Errand)
    /// Enter the same stage again. For the end of an errand that has put its result where the stage finds it, for instance into a cache.
    case again
}
