import Scripting

/// The sandbox of an API's scripts on one event loop; made anew after a script has exceeded a limit.
final class LuaStates {
    private unowned let workshop: LuaWorkshop
    private var sandbox: ScriptSandbox?
    /// Numbers of loaded scripts in the sandbox, by their numbers in the workshop.
    private var loaded: [Int: Int32] = [:]

    init(_ workshop: LuaWorkshop) { self.workshop = workshop }

    /// Calls a function of a script.
    func call(_ function: String, of script: Int, _ host: LuaHost) -> ScriptSandbox.Outcome {
        if sandbox?.isUsedUp ?? true {
            sandbox = ScriptSandbox(workshop.services.scripts)
            loaded = [:]
        }
        guard let sandbox else { return .failed("there is no memory") }
        if let number = loaded[script] { return sandbox.call(function, of: number, host: host) }
        guard let (name, source) = workshop.script(script) else { return .failed("there is no such script") }
        switch sandbox.load(source, name: name) {
        case .success(let number):
            loaded[script] = number
            return sandbox.call(function, of: number, host: host)
        case .failure(let problem): return .failed(problem.reason)
        }
    }
}
