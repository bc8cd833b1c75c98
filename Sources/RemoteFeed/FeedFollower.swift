import Documents
import GatewayCore
import Logging
import Model

/// Keeps a gateway in step with its control plane: follows the feed, makes snapshots of it off the event loops, has them installed,
/// acknowledges, remembers on the disk, and goes on with what it has while the control plane is away.
public actor FeedFollower {
    /// Makes a snapshot the valid one on all event loops; the first call starts the gateway.
    public typealias Installation = @Sendable (Snapshot) async throws -> Void
    /// What was used of quota counters, in their order.
    public typealias CounterLookUp = @Sendable ([CounterName]) async -> [Int64]

    private let controlPlane: any ControlPlane
    private let reporter: FeedReporter
    private let memory: GatewayMemory
    private let install: Installation
    private let used: CounterLookUp
    private let journal: DecisionJournal?
    private let random: RandomSource
    private let time: TimeSource
    private let logger: Logger
    public nonisolated let status = FeedStatus()
    private var state: FeedState
    private var heartbeat: Duration
    private var backOff: BackOff
    private var intake = FeedIntake()
    /// Since when the control plane has been silent; `nil` while what it sent is being worked on.
    private var silentSince: ContinuousClock.Instant?

    /// `key` seals the memory on the disk; `defaults` hold for APIs that say nothing of their own; `policies` are those that APIs can apply.
    public init(
        settings: FeedSettings, controlPlane: any ControlPlane, key: SealingKey, defaults: SnapshotDefaults,
        policies: any FlowPolicySource = NoPolicies(),
        time: TimeSource = .system, random: RandomSource = .system, logger: Logger,
        used: @escaping CounterLookUp = { $0.map { _ in 0 } }, journal: DecisionJournal? = nil,
        install: @escaping Installation
    ) throws {
        self.controlPlane = controlPlane
        self.install = install
        self.used = used
        self.journal = journal
        self.random = random
        self.time = time
        self.logger = logger
        reporter = FeedReporter(controlPlane: controlPlane, gatewayID: settings.gatewayID, logger: logger)
        memory = try GatewayMemory(
            path: settings.folder, key: key, environments: settings.environments, tenants: settings.tenants, random: random,
            logger: logger)
        state = FeedState(
            defaults: defaults, policies: policies, environments: settings.environments, random: random)
        heartbeat = .seconds(settings.heartbeatSeconds)
        backOff = BackOff(random: random)
    }

    /// Serves what the disk remembers, if it remembers anything. Returns whether it did.
    public func resume() async throws -> Bool {
        guard let remembered = await memory.read() else { return false }
        for line in try await FeedLine.read(remembered.lines) { state.take(line) }
        try await install(state.reach(remembered.position))
        // Of another configuration some things are missing, so everything is asked for; until it is there, this is better than nothing.
        if !remembered.isOfThisConfiguration { state.forgetPosition() }
        status.change {
            $0.source = .disk
            $0.sequence = remembered.position.sequence
        }
        logger.info("The gateway serves what it remembers.", metadata: ["sequence": "\(remembered.position.sequence)"])
        return true
    }

    /// A one-time token was used at this gateway: has the control plane tell all others.
    public func noteSpent(_ token: SpentToken) async { await reporter.noteSpent(token) }

    /// Forgets the revocations of tokens that have run out by the given time, milliseconds since 1970.
    public func forgetRevocations(_ milliseconds: Int64) {
        state.forgetRevocations(expiredBefore: milliseconds - Self.clockDifference)
    }

    /// Milliseconds for which a token may still be taken for valid after its end: the most that `oauth.timestamp_skew` allows.
    private static let clockDifference: Int64 = 3_600_000

    // MARK: Looking in

    /// Keys of APIs that were taken off this gateway by hand.
    public var withheld: Set<String> { state.withheld }

    /// What the gateway has of some kinds, those included that were taken off it. Throws when its memory cannot be read.
    public func remembered(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        try await memory.entities(kinds).filter { state.includes($0) }
    }

    /// Takes an API off the gateway until it is put back or comes anew.
    public func withhold(_ key: String) async throws { try await install(state.withhold(key)) }

    /// Puts an API into service.
    public func restore(_ entity: GatewayEntity) async throws { try await install(state.restore(entity)) }

    // MARK: Following

    /// Follows the feed until the task is cancelled. Throws only what the installation throws: then there is no gateway to go on with.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.followForever() }
            group.addTask { await self.beatForever() }
            if let journal = self.journal {
                group.addTask { await DecisionForwarder(journal: journal, reporter: self.reporter).run() }
            }
            // Not `waitForAll`, which would wait for the heartbeat even if the other task has failed.
            while try await group.next() != nil {}
        }
    }

    private func beatForever() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: heartbeat)
            if !Task.isCancelled { await reporter.beat() }
        }
    }

    private func followForever() async throws {
        while !Task.isCancelled {
            do {
                try await follow()
                await disconnected("the control plane closed the feed")
            } catch let failure as InstallationFailure {
                throw failure.reason
            } catch let refusal as FeedRefusal where refusal.isGone {
                logger.info("The control plane no longer knows the changes since the last one here; asking for everything.")
                state.forgetPosition()
                continue
            } catch {
                if Task.isCancelled { return }
                await disconnected("\(error)")
            }
            try? await Task.sleep(for: backOff.delay())
        }
    }

    private func disconnected(_ problem: String) async {
        await reporter.open(nil)
        let isNews = status.current.isConnected || status.current.problem != problem
        status.change {
            $0.isConnected = false
            $0.problem = problem
        }
        if isNews { logger.warning("There is no connection to the control plane.", metadata: ["reason": "\(problem)"]) }
    }

    // MARK: One connection

    /// The loops could not take a snapshot.
    private struct InstallationFailure: Error {
        var reason: any Error
    }

    private struct Silence: Error, CustomStringConvertible {
        var description: String { "nothing was heard for \(FeedProtocol.silenceSeconds) seconds" }
    }

    private func follow() async throws {
        intake = FeedIntake()
        silentSince = .now
        let (controlPlane, position) = (controlPlane, state.position)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controlPlane.follow(after: position) { try await self.receive($0) } }
            group.addTask { try await self.watchSilence() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func watchSilence() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            if let silentSince, silentSince.duration(to: .now) > .seconds(FeedProtocol.silenceSeconds) { throw Silence() }
        }
    }

    private func receive(_ bytes: [UInt8]) async throws {
        silentSince = nil
        defer { silentSince = .now }
        let now = time.milliseconds
        status.change { $0.heardMilliseconds = now }
        guard let raw = try intake.add(bytes) else { return }
        for (line, bytes) in zip(try await FeedLine.read(raw), raw) {
            switch line {
            case .opened(let session, let isComplete, let seconds):
                await opened(session, isComplete: isComplete, heartbeatSeconds: seconds)
            case .change, .unreadable:
                state.take(line)
                intake.remember(bytes)
                if intake.isComplete, let piece = intake.piece() { await memory.extendSnapshot(piece) }
            case .position(let position): try await reach(position)
            case .asked(let question, let counters): answer(question, counters)
            case .keepAlive: continue
            }
        }
    }

    /// Beside the feed, which goes on meanwhile.
    private func answer(_ question: Int, _ counters: [CounterName]) {
        Task { await reporter.answer(question, .array(await used(counters).map { JSONValue($0) })) }
    }

    private func opened(_ session: String, isComplete: Bool, heartbeatSeconds: Int) async {
        intake.isComplete = isComplete
        heartbeat = .seconds(max(1, heartbeatSeconds))
        if isComplete {
            state.beginComplete()
            await memory.beginSnapshot()
        } else {
            state.beginChanges()
        }
        await reporter.open(session)
        backOff.reset()
        status.change {
            $0.isConnected = true
            $0.problem = nil
        }
        logger.info("The feed of the control plane is open.", metadata: ["complete": "\(isComplete)"])
    }

    /// Everything up to a position is in: first it is remembered, then it becomes valid, then it is acknowledged.
    private func reach(_ position: FeedPosition) async throws {
        let isNew = position != state.position
        let snapshot = state.reach(position)
        let step = MemoryStep(lines: intake.takeLines(), position: position)
        if intake.isComplete {
            await memory.completeSnapshot(step)
        } else if isNew {
            await memory.append(step)
        }
        do {
            if isNew || intake.isComplete { try await install(snapshot) }
        } catch {
            throw InstallationFailure(reason: error)
        }
        intake.isComplete = false
        await reporter.acknowledge(position.sequence, failures: state.failures)
        let (problem, failures) = (await memory.problem, state.failures.count)
        status.change {
            $0.source = .controlPlane
            $0.sequence = position.sequence
            $0.diskProblem = problem
            $0.failures = failures
        }
        if isNew { Task { await memory.synchronize() } }
    }
}
