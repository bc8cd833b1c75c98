import GatewayCore

/// Hands the records of refused and traced requests on to the control plane, some at a time and in the order in which they were written.
/// While there is no connection they wait in the journal, whose oldest ones give way.
struct DecisionForwarder {
    let journal: DecisionJournal
    let reporter: FeedReporter

    private static let interval = Duration.milliseconds(250)
    /// Records that are taken from each event loop at a time.
    private static let perLoop = 250
    /// Records of one report, at about 1 KB each.
    private static let perReport = 500

    func run() async {
        var waiting: ArraySlice<[UInt8]> = []
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            guard await reporter.isOpen else { continue }
            if waiting.isEmpty { waiting = journal.takeNew(limit: Self.perLoop).map(\.json)[...] }
            while !waiting.isEmpty, await reporter.hand(waiting.prefix(Self.perReport)) {
                waiting = waiting.dropFirst(Self.perReport)
            }
        }
    }
}
