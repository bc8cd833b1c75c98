import CLuaSandbox

/// Lua scripts with everything they hold, apart from the rest of the process. Used by one thread at a time.
public final class ScriptSandbox {
    private let pointer: OpaquePointer
    /// Whether a script has exceeded a limit, so that the sandbox has to be made anew.
    public private(set) var isUsedUp = false

    public enum Outcome: Equatable, Sendable {
        case done
        /// The script refused the message.
        case refused(status: Int32, message: String)
        /// The script is wrong, or exceeded a limit; with a sentence for its author.
        case failed(String)
    }

    /// `nil` if there is no memory.
    public init?(_ limits: ScriptLimits) {
        guard let sandbox = sandbox_create(limits.form) else { return nil }
        pointer = sandbox
    }

    deinit { sandbox_destroy(pointer) }

    /// Bytes that the scripts hold.
    public var memory: Int { sandbox_memory(pointer) }

    /// Compiles a script and runs it once, so that it defines its functions.
    ///
    /// - Returns: its number, or what is wrong.
    public func load(_ source: String, name: String) -> Result<Int32, ScriptProblem> {
        var (name, source) = ("=" + name, source)
        let result = name.withUTF8 { name in
            source.withUTF8 { source in sandbox_load(pointer, sandbox_text(name), sandbox_text(source)) }
        }
        guard result.outcome == SANDBOX_DONE else {
            if case .failed(let reason) = outcome(of: result) { return .failure(ScriptProblem(reason: reason)) }
            return .failure(ScriptProblem(reason: "the script refuses a message while it is loaded"))
        }
        return .success(result.status)
    }

    /// Whether a script has a function of this name.
    public func defines(_ function: String, in script: Int32) -> Bool { sandbox_defines(pointer, script, function) == 1 }

    /// Calls a function of a script; one that is not there counts as done.
    public func call(_ function: String, of script: Int32, host: any ScriptHost) -> Outcome {
        outcome(of: HostBridge(host).lend { sandbox_call(pointer, script, function, $0) })
    }

    private func outcome(of result: sandbox_result) -> Outcome {
        switch result.outcome {
        case SANDBOX_DONE, SANDBOX_ABSENT: return .done
        case SANDBOX_REFUSED: return .refused(status: result.status, message: result.message.string)
        case SANDBOX_EXHAUSTED:
            isUsedUp = true
            return .failed("the script exceeded its limits of time or memory")
        default: return .failed(result.message.string)
        }
    }
}

/// Why a script cannot be used.
public struct ScriptProblem: Error, Sendable, Hashable {
    public let reason: String
}

/// Looks whether a text is a script that gateways can run.
public enum ScriptCheck {
    /// What is wrong with a script, or `nil`. It is compiled and its outermost statements are run, as gateways do.
    public static func problem(in source: String, name: String) -> String? {
        guard let sandbox = ScriptSandbox(ScriptLimits()) else { return "there is no memory" }
        switch sandbox.load(source, name: name) {
        case .success: return nil
        case .failure(let problem): return problem.reason
        }
    }

    /// Whether a script that has no problem has one of the functions that gateways would call.
    public static func defines(oneOf functions: [String], in source: String, name: String) -> Bool {
        guard let sandbox = ScriptSandbox(ScriptLimits()), case .success(let script) = sandbox.load(source, name: name) else {
            return false
        }
        return functions.contains { sandbox.defines($0, in: script) }
    }
}
