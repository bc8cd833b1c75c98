import Logging
import Model

/// What a gateway keeps on its disk, so that it starts and serves without its control plane: the last complete state and the changes since,
/// sealed with the gateway's own key.
///
/// A step is written before it is acknowledged, so a gateway that is killed knows afterwards what it had acknowledged. Writing never fails a
/// change: the problem is kept for the health status, and the next complete state tries afresh.
actor GatewayMemory {
    private let folder: MemoryFolder
    private let key: SealingKey
    private let head: MemoryHead
    private let random: RandomSource
    private let logger: Logger
    private var draft: SealedFileWriter?
    private var changes: SealedFileWriter?
    /// Number of the newest snapshot, and of the changes that are appended to.
    private var base = 0
    private var current = 0
    private var snapshotSize = 0
    private var isMerging = false
    /// Why the memory is not up to date.
    private(set) var problem: String?

    /// Changes are merged into a new snapshot when they are larger than this and than the snapshot.
    private let mergeSize: Int

    init(
        path: String, key: SealingKey, environments: [String], tenants: [String], mergeSize: Int = 4 << 20,
        random: RandomSource = .system, logger: Logger
    ) throws {
        folder = try MemoryFolder(path: path)
        self.key = key
        head = MemoryHead(environments: environments, tenants: tenants)
        self.mergeSize = mergeSize
        self.random = random
        self.logger = logger
    }

    /// A state that was read from the disk.
    struct Remembered {
        /// Lines in order; those of a kind and key replace earlier ones.
        var lines: [ArraySlice<UInt8>]
        var position: FeedPosition
        /// Whether the gateway was configured to serve the same as now.
        var isOfThisConfiguration: Bool
    }

    /// Reads the newest good state; `nil` when there is none.
    func read() -> Remembered? {
        for number in folder.snapshots {
            guard var state = snapshot(number) else {
                logger.warning("A remembered state is damaged.", metadata: ["file": "\(folder.snapshot(number))"])
                continue
            }
            base = number
            current = number
            follow(from: number, &state)
            // A crash may have come between a snapshot and the file for its changes.
            if changes == nil { attempt { try beginChanges(current, at: state.position) } }
            return Remembered(
                lines: state.lines, position: state.position,
                isOfThisConfiguration: state.head.environments == head.environments && state.head.tenants == head.tenants)
        }
        return nil
    }

    private typealias State = (head: MemoryHead, lines: [ArraySlice<UInt8>], position: FeedPosition)

    private func snapshot(_ number: Int) -> State? {
        guard let reader = SealedFileReader(folder.snapshot(number), key: key),
            let head = reader.next().flatMap(MemoryHead.init), head.schema == FeedProtocol.schema
        else { return nil }
        var steps = StepReader()
        while let frame = reader.next() { steps.take(frame) }
        // A snapshot is renamed to its name only when it is whole, so one without a position at its end is damaged.
        guard let position = steps.position, steps.isComplete else { return nil }
        snapshotSize = reader.goodLength
        return (head, steps.lines, position)
    }

    private func follow(from number: Int, _ state: inout State) {
        var number = number
        while let reader = SealedFileReader(folder.changes(number), key: key),
            let head = reader.next().flatMap(MemoryHead.init), head.start == state.position
        {
            var steps = StepReader()
            while let frame = reader.next() { steps.take(frame) }
            state.lines += steps.lines
            if let position = steps.position { state.position = position }
            current = number
            changes = try? SealedFileWriter(continuing: reader, key: key, random: random)
            number += 1
        }
    }

    /// The newest entities of some kinds. Reads beside the writing, which may replace the files meanwhile: then it reads again.
    func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        let reader = MemoryReader(folder: folder, key: key)
        var attempts = 3
        while true {
            let (first, last) = (base, current)
            do {
                return try await Task.detached { try reader.entities(kinds, from: first, through: last) }.value
            } catch {
                attempts -= 1
                guard attempts > 0, problem == nil, (base, current) != (first, last) else { throw error }
            }
        }
    }

    // MARK: Writing

    /// Begins a new complete state. What was there stays until it is whole.
    func beginSnapshot() {
        attempt {
            draft = try SealedFileWriter(creating: folder.draft, key: key, random: random)
            try draft?.append(try head.bytes())
        }
    }

    /// Adds lines to the complete state that is being taken in.
    func extendSnapshot(_ lines: [UInt8]) {
        guard let draft else { return }
        attempt { try draft.append(lines) }
    }

    /// The complete state is whole with these lines.
    func completeSnapshot(_ step: MemoryStep) {
        guard let draft else { return }
        attempt {
            try draft.append(step.bytes)
            try draft.synchronize()
            let number = folder.highest + 1
            try folder.complete(folder.draft, as: number)
            base = number
            snapshotSize = draft.size
            try beginChanges(number, at: step.position)
            problem = nil
        }
        self.draft = nil
    }

    /// Appends changes.
    func append(_ step: MemoryStep) {
        guard let changes else { return }
        attempt { try changes.append(step.bytes) }
        if changes.size > max(mergeSize, snapshotSize) { merge(at: step.position) }
    }

    /// Brings what was appended to the disk itself, so that it also outlives the machine.
    func synchronize() {
        guard let changes else { return }
        attempt { try changes.synchronize() }
    }

    private func beginChanges(_ number: Int, at position: FeedPosition) throws {
        var start = head
        start.start = position
        let writer = try SealedFileWriter(creating: folder.changes(number), key: key, random: random)
        try writer.append(try start.bytes())
        changes = writer
        current = number
    }

    /// A problem ends the appending: a gap would make everything after it worthless.
    private func attempt(_ write: () throws -> Void) {
        do {
            try write()
        } catch {
            problem = "\(error)"
            draft = nil
            changes = nil
            logger.error("The gateway's memory could not be written.", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Merging

    /// New changes go to a new file, while the old ones and the snapshot become one.
    private func merge(at position: FeedPosition) {
        guard !isMerging else { return }
        isMerging = true
        let (from, through) = (base, current)
        attempt { try beginChanges(through + 1, at: position) }
        guard changes != nil else {
            isMerging = false
            return
        }
        let merger = MemoryMerger(folder: folder, key: key, head: head, random: random)
        Task.detached(priority: .utility) {
            let outcome = Result { try merger.merge(from: from, through: through, position: position) }
            await self.merged(outcome, number: through + 1)
        }
    }

    private func merged(_ outcome: Result<Int, any Error>, number: Int) {
        isMerging = false
        // A complete state that was taken in meanwhile has a higher number and wins.
        guard number > base else { return }
        do {
            let size = try outcome.get()
            try folder.complete(folder.mergeDraft, as: number)
            base = number
            snapshotSize = size
        } catch {
            // Nothing is lost: the files that were to become one are still there.
            logger.warning("The gateway's memory could not be merged.", metadata: ["error": "\(error)"])
        }
    }
}

/// Puts lines of frames together into whole steps.
struct StepReader {
    /// Lines of whole steps.
    private(set) var lines: [ArraySlice<UInt8>] = []
    private(set) var position: FeedPosition?
    private var open: [ArraySlice<UInt8>] = []
    private static let positionStart = Array("{\"\(FeedProtocol.Member.sequence)\"".utf8)
    private static let otherStart = Array("{\"\(FeedProtocol.Member.mark)\"".utf8)

    /// Whether nothing follows the last position.
    var isComplete: Bool { open.isEmpty }

    mutating func take(_ frame: [UInt8]) {
        for line in frame.split(separator: UInt8(ascii: "\n")) {
            guard let position = Self.position(line) else {
                open.append(line)
                continue
            }
            lines += open
            open.removeAll(keepingCapacity: true)
            self.position = position
        }
    }

    private static func position(_ line: ArraySlice<UInt8>) -> FeedPosition? {
        guard line.starts(with: positionStart) || line.starts(with: otherStart) else { return nil }
        return FeedPosition(line: line)
    }
}
