extension RequestPipeline {
    /// Sends a request whose answer may be kept to the upstream, or has it wait for an equal one that is on its way there.
    /// `nil`: it goes.
    ///
    /// - Parameter mayWait: whether the client takes an answer to another request.
    func collapse(_ use: CacheUse, _ exchange: Exchange, mayWait: Bool) -> StageOutcome? {
        exchange.caching = use
        let limit = use.cache.waitMilliseconds
        // Answers to requests with credentials of the client's own are seldom for others.
        guard limit > 0, !use.isPersonal else { return nil }
        let mayWait = mayWait && !exchange.cacheMarks.contains(.hasWaited)
        switch use.cache.collapsed.turn(of: use.key, mayWait: mayWait, nowMilliseconds: use.started) {
        case .goesAlone: return nil
        case .leads(let lead):
            use.lead = lead
            return nil
        case .follows(let wait):
            // Looked up anew, when it is over.
            exchange.caching = nil
            exchange.cacheMarks.insert(.hasWaited)
            return .waits(
                Errand("the answer to an equal request", timeoutMilliseconds: limit) {
                    await wait.wait()
                } resume: { (_: Result<Void, any Error>) in
                    .again
                })
        }
    }
}

/// What the cache has done for a request.
struct CacheMarks: OptionSet {
    let rawValue: UInt8

    /// The client gets an answer that was kept.
    static let hit = CacheMarks(rawValue: 1)
    /// The request has waited for an equal one, and does not do so again.
    static let hasWaited = CacheMarks(rawValue: 2)
}
