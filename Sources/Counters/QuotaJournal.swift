import Glibc
import Synchronization

/// The file in which the counters of long windows survive a restart. It only grows by what changed, and is written anew when most of it is
/// out of date.
///
/// Its methods wait for the disk: not for the threads of event loops or tasks.
public final class QuotaJournal: Sendable {
    private struct State {
        var file: JournalFile?
        /// What the file says of each key.
        var written: [String: QuotaCheckpoint] = [:]
    }

    private let path: String
    private let smallest: Int
    private let state = Mutex(State())

    /// - Parameter smallest: bytes below which the file is not written anew.
    public init(path: String, smallest: Int = 1 << 20) {
        self.path = path
        self.smallest = smallest
    }

    /// What the file holds of windows that still run; nothing when there is no file. A damaged end, as after a power cut, is left out.
    public func load(nowMilliseconds: Int64) throws -> [QuotaCheckpoint] {
        try state.withLock { state in
            let latest = try JournalFile.read(path).reduce(into: [:]) { $0[$1.key] = $1 }
            state.written = latest.filter { $0.value.isRunning(atMilliseconds: nowMilliseconds) }
            return Array(state.written.values)
        }
    }

    /// Brings the checkpoints that differ from the file to the disk; returns when they are there.
    public func record(_ checkpoints: [QuotaCheckpoint]) throws {
        try state.withLock { state in
            let changed = checkpoints.filter { state.written[$0.key] != $0 }
            guard !changed.isEmpty else { return }
            do {
                try append(changed, of: checkpoints, &state)
            } catch {
                // Whatever is in the file now: it is begun anew with the next turn.
                state.file = nil
                throw error
            }
        }
    }

    private func append(_ changed: [QuotaCheckpoint], of all: [QuotaCheckpoint], _ state: inout State) throws {
        if let file = state.file, file.size < max(smallest, 4 * JournalFile.size(of: all)) {
            state.file = try file.appending(changed)
            for checkpoint in changed { state.written[checkpoint.key] = checkpoint }
        } else {
            state.file = try JournalFile.replacing(path, with: all)
            state.written = all.reduce(into: [:]) { $0[$1.key] = $1 }
        }
    }
}

extension QuotaCheckpoint {
    /// Whether the window that was counted in is not over yet.
    func isRunning(atMilliseconds milliseconds: Int64) -> Bool {
        CounterWord(bits: bits).seen(from: milliseconds / max(1, windowMilliseconds)).count > 0
    }
}
