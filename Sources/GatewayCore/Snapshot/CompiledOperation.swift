import Counters
import Model

/// An operation as the pipeline works with it.
final class CompiledOperation: Sendable {
    /// Who may call.
    enum Access: Sendable { case anyToken, applicationToken, userToken, anonymous }

    // What every request reads comes first.

    let access: Access
    /// Slot of the resource-level policy; -1 for Unlimited.
    let policy: Int32
    /// Index in ``CompiledAPI/backends``.
    let backend: Int
    /// Hashes of the scopes of which a token needs one; empty for none needed.
    let scopes: [UInt64]
    let bucket: QuotaBucket
    /// Policies of the API and of the operation; `nil` for none.
    let flows: CompiledFlows?
    /// `"apiMethod":…,"apiResourceTemplate":…`.
    let eventMembers: [UInt8]
    /// `context/version/template:VERB`, as custom rules name the operation.
    let resourceKey: [UInt8]
    /// Variables of the path, where endpoints have use for them.
    let variables: PathVariables?
    /// What answers in the place of an endpoint; `nil` for nothing.
    let function: CompiledFunction?
    /// Verb and path template, for policies; empty where there are none.
    let verb: String
    let target: String

    init(
        _ definition: GatewayOperation, quotaKey: String, policy: Int32, flows: CompiledFlows?, backend: Int,
        hasVariables: Bool = false
    ) {
        variables = hasVariables ? PathVariables(definition.target) : nil
        self.flows = flows
        function = CompiledFunction(definition)
        verb = flows == nil ? "" : definition.verb
        target = flows == nil ? "" : definition.target
        switch definition.authType {
        case "None": access = .anonymous
        case "Application": access = .applicationToken
        case "Application User", "Application_User": access = .userToken
        default: access = .anyToken
        }
        self.backend = backend
        scopes = definition.scopes.map(ScopeHash.of)
        self.policy = policy
        let key = "\(quotaKey)\(definition.target):\(definition.verb)"
        bucket = QuotaBucket(key: "resource:" + key)
        resourceKey = Array(key.utf8)
        eventMembers = EventMembers.join([("apiMethod", definition.verb), ("apiResourceTemplate", definition.target)])
    }
}

/// Scopes and audiences as numbers, so that comparing them takes no text. The process-wide random seed of `Hasher` keeps anybody from choosing
/// a scope that has the number of another.
enum ScopeHash {
    static func of(_ name: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(name)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
