import Documents
import Logging
import Model

/// The gateways that read the feed of this node of the control plane at the moment.
///
/// It wakes their streams when something has changed, and lets a change wait until they work with it. What it knows lies also in
/// ``GatewayInstances``, so that other nodes can wait for these gateways too.
public actor RemoteGateways {
    /// An open feed.
    public struct Session: Sendable {
        public let id: String
        /// Yields whenever there may be something to send; ends when the feed has to be closed.
        public let signals: AsyncStream<Void>
    }

    struct Member {
        var gateway: GatewayIdentity
        var tokenID: String
        var signal: AsyncStream<Void>.Continuation
        var sign: GatewaySign
        /// It did not acknowledge in time. Nobody waits for it until it has caught up, so that a gateway that hangs does not slow down every
        /// change.
        var isLate = false
        var isNoted = true
        /// Domains of the tenants that it may learn of; empty for all.
        var tenants: Set<String> = []
        /// What its feed has to ask it.
        var questions: [JSONValue] = []
    }

    struct Waiter {
        var sequence: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    let instances: GatewayInstances
    let tokens: GatewayTokens
    let settings: Settings
    let time: TimeSource
    private let random: RandomSource
    private let logger: Logger
    var members: [String: Member] = [:]
    var waiters: [Int: Waiter] = [:]
    private var nextWaiter = 0
    var questions: [Int: GatewayQuestion] = [:]
    var nextQuestion = 1
    /// The last change that had to be delivered.
    private var newest: Int64 = 0
    private var isNoting = false
    private let others: OtherNodes?

    public struct Settings: Sendable {
        /// How long a change waits for gateways.
        public var patience: Duration
        /// Whether other nodes use the same database, so that every acknowledgement is written down at once.
        public var isShared: Bool
        /// The gateway inside of this node, for which changes wait by themselves.
        public var ownGateway: GatewayIdentity?

        public init(patience: Duration = .seconds(2), isShared: Bool = false, ownGateway: GatewayIdentity? = nil) {
            self.patience = patience
            self.isShared = isShared
            self.ownGateway = ownGateway
        }
    }

    public init(
        instances: GatewayInstances, tokens: GatewayTokens, settings: Settings = Settings(), time: TimeSource = .system,
        random: RandomSource = .system, logger: Logger
    ) {
        self.instances = instances
        self.tokens = tokens
        self.settings = settings
        self.time = time
        self.random = random
        self.logger = logger
        others = settings.isShared ? OtherNodes(instances: instances, time: time, patience: settings.patience) : nil
    }

    // MARK: Sessions

    /// Registers a gateway that connects. An older feed of the same gateway is closed.
    public func open(_ instance: GatewayInstance, tokenID: String) async throws -> Session {
        let id = random.uuid()
        try await instances.register(instance, session: id)
        let gateway = GatewayIdentity(instance)
        for (old, member) in members where member.gateway == gateway { close(old, member) }
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let sign = GatewaySign(
            milliseconds: instance.activeMilliseconds, isConnected: true, acknowledged: instance.acknowledged)
        members[id] = Member(
            gateway: gateway, tokenID: tokenID, signal: continuation, sign: sign, tenants: Set(instance.tenants))
        logger.info("A gateway has connected.", metadata: ["gateway": "\(instance.id)", "host": "\(instance.host)"])
        return Session(id: id, signals: signals)
    }

    /// The stream of a session has ended.
    public func closed(_ session: String) async {
        guard let member = members[session] else { return }
        close(session, member)
        logger.info("A gateway has disconnected.", metadata: ["gateway": "\(member.gateway.id)"])
        var sign = member.sign
        sign.isConnected = false
        sign.milliseconds = time.milliseconds
        await write([(member.gateway, session, sign)])
    }

    /// Closes the feeds of a token that was revoked.
    public func endSessions(ofToken id: String) {
        for (session, member) in members where member.tokenID == id { close(session, member) }
    }

    private func close(_ session: String, _ member: Member) {
        members[session] = nil
        member.signal.finish()
        leaveQuestions(session)
        settleWaiters()
    }

    /// Takes what a gateway reports. A session of another node is looked up in the database. Returns whether the session is open.
    public func report(
        from gateway: GatewayIdentity, session: String, acknowledged: Int64?, failures: [GatewayInstance.Failure]?
    ) async throws -> Bool {
        guard var member = members[session], member.gateway == gateway else {
            guard settings.isShared else { return false }
            let sign = GatewaySign(
                milliseconds: time.milliseconds, isConnected: true, acknowledged: acknowledged, failures: failures)
            return try await instances.note([(gateway, session, sign)]).contains(session)
        }
        member.sign.milliseconds = time.milliseconds
        if let failures { member.sign.failures = failures }
        if let acknowledged, acknowledged > member.sign.acknowledged ?? 0 { member.sign.acknowledged = acknowledged }
        member.isNoted = false
        members[session] = member
        settleWaiters()
        if settings.isShared { noteSoon() }
        return true
    }

    /// What the gateways of this node have acknowledged, which the database may not tell yet.
    public var acknowledgements: [GatewayIdentity: GatewaySign] {
        Dictionary(members.values.map { ($0.gateway, $0.sign) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Changes

    /// Wakes all streams.
    public func announce() {
        for member in members.values { member.signal.yield() }
    }

    /// Returns when every live gateway works with all changes up to `sequence`, at the latest after the patience of the settings.
    public func delivered(_ sequence: Int64) async {
        newest = max(newest, sequence)
        announce()
        async let elsewhere: Void? = others?.delivered(sequence, except: { await self.isUpToDate($0, sequence) })
        await waitForMembers(sequence)
        await elsewhere
    }

    private func isUpToDate(_ gateway: GatewayIdentity, _ sequence: Int64) -> Bool {
        gateway == settings.ownGateway
            || members.values.contains { $0.gateway == gateway && ($0.isLate || $0.sign.acknowledged ?? 0 >= sequence) }
    }

    private func waitForMembers(_ sequence: Int64) async {
        guard isAwaited(sequence) else { return }
        let id = nextWaiter
        nextWaiter += 1
        let patience = settings.patience
        let timer = Task {
            try await Task.sleep(for: patience)
            giveUp(id)
        }
        await withCheckedContinuation { waiters[id] = Waiter(sequence: sequence, continuation: $0) }
        timer.cancel()
    }

    private func isAwaited(_ sequence: Int64) -> Bool {
        members.values.contains { !$0.isLate && $0.sign.acknowledged ?? 0 < sequence }
    }

    private func settleWaiters() {
        for (session, member) in members where member.isLate && member.sign.acknowledged ?? 0 >= newest {
            members[session]?.isLate = false
        }
        for (id, waiter) in waiters where !isAwaited(waiter.sequence) {
            waiters[id] = nil
            waiter.continuation.resume()
        }
    }

    private func giveUp(_ id: Int) {
        guard let waiter = waiters[id] else { return }
        for (session, member) in members where member.sign.acknowledged ?? 0 < waiter.sequence && !member.isLate {
            members[session]?.isLate = true
            logger.warning(
                "A gateway has not applied a change in time; changes no longer wait for it until it has caught up.",
                metadata: ["gateway": "\(member.gateway.id)", "sequence": "\(waiter.sequence)"])
        }
        settleWaiters()
    }

    // MARK: Notes in the database

    /// Wakes the streams, so that they send a sign of life and notice clients that are gone; ends those whose token is gone; and writes
    /// down what has changed. To be called every few seconds.
    public func beat() async {
        do {
            let existing = try await tokens.existing(Set(members.values.map(\.tokenID)))
            for (session, member) in members where !existing.contains(member.tokenID) { close(session, member) }
        } catch {
            logger.warning("The gateway tokens cannot be read.", metadata: ["error": "\(error)"])
        }
        announce()
        await noteAll()
    }

    /// Closes all feeds, when this node stops.
    public func endAll() async {
        for (session, member) in members {
            close(session, member)
            var sign = member.sign
            sign.isConnected = false
            await write([(member.gateway, session, sign)])
        }
    }

    private func noteSoon() {
        guard !isNoting else { return }
        isNoting = true
        Task { await noteAll() }
    }

    private func noteAll() async {
        isNoting = false
        let open = members.filter { !$0.value.isNoted }
        for session in open.keys { members[session]?.isNoted = true }
        await write(open.map { ($0.value.gateway, $0.key, $0.value.sign) })
    }

    private func write(_ signs: [(gateway: GatewayIdentity, session: String, sign: GatewaySign)]) async {
        do {
            try await instances.note(signs)
        } catch {
            logger.warning("The state of gateways could not be written down.", metadata: ["error": "\(error)"])
        }
    }
}
