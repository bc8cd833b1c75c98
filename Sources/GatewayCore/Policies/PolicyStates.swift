/// What policies keep on one event loop from message to message. Confined to its loop.
final class PolicyStates {
    private struct Entry {
        weak var owner: AnyObject?
        let state: AnyObject
    }

    private var entries: [UInt64: Entry] = [:]

    func state<State: AnyObject>(of identity: UInt64, owner: AnyObject, _ make: () -> State) -> State {
        if let known = entries[identity]?.state as? State { return known }
        let state = make()
        entries[identity] = Entry(owner: owner, state: state)
        return state
    }

    /// Lets go of what belongs to policies that are gone.
    func clean() { entries = entries.filter { $0.value.owner != nil } }
}
