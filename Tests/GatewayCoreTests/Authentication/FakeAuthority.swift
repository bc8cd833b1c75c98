import Model
import Synchronization

@testable import GatewayCore

/// Knows a few tokens and users, and counts what it is asked.
final class FakeAuthority: CredentialAuthority {
    struct State {
        var tokens: [String: IntrospectedToken] = [:]
        /// Users by `name:password`.
        var users: [String: AuthenticatedUser] = [:]
        /// Claims of users by `id tenant`.
        var claims: [String: UserClaims] = [:]
        var claimQuestions: [String] = []
        /// Whether the user store gives no answer.
        var isUserStoreSilent = false
        /// Names of key managers that give no answer.
        var silent: Set<String> = []
        var introspections: [String] = []
        var passwords = 0
        var refreshes = 0
        var isBusy = false
    }

    let state = Mutex(State())
    /// Runs when keys are to be refreshed.
    let onRefresh: @Sendable () -> Void

    init(onRefresh: @escaping @Sendable () -> Void = {}) { self.onRefresh = onRefresh }

    func introspect(_ token: String, keyManager: String, tenant: Int) async throws -> IntrospectedToken? {
        try state.withLock { state in
            state.introspections.append("\(keyManager) \(tenant) \(token)")
            if state.silent.contains(keyManager) { throw Silence() }
            return state.tokens["\(keyManager)/\(token)"]
        }
    }

    func authenticate(user name: String, password: String) async throws -> AuthenticatedUser? {
        try state.withLock { state in
            state.passwords += 1
            if state.isBusy { throw CredentialAuthorityError.busy }
            return state.users["\(name):\(password)"]
        }
    }

    func claims(ofUser id: String, tenant: Int) async throws -> UserClaims? {
        try state.withLock { state in
            state.claimQuestions.append("\(id) \(tenant)")
            if state.isUserStoreSilent { throw Silence() }
            return state.claims["\(id) \(tenant)"]
        }
    }

    func refreshKeys(ofKeyManager name: String, tenant: Int) async throws {
        state.withLock { $0.refreshes += 1 }
        onRefresh()
    }

    struct Silence: Error {}
}

extension GatewayFixture {
    /// A gateway that asks `authority`.
    convenience init(asking authority: FakeAuthority, change: (inout PipelineSettings) -> Void = { _ in }) throws {
        var settings = PipelineSettings()
        settings.authority = authority
        change(&settings)
        try self.init(settings: settings)
    }

    /// Sends a request, and lets its errands run until it is decided.
    ///
    /// - Parameter arrive: runs when an errand has its result, before the request goes on.
    @discardableResult
    func ask(_ requestLine: String, _ fields: [String] = [], arrive: () -> Void = {}) async throws -> Sent {
        let text = ([requestLine + " HTTP/1.1", "Host: localhost:8280"] + fields + ["", ""]).joined(separator: "\r\n")
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        defer { bytes.deallocate() }
        bytes.copyBytes(from: text.utf8)
        guard let base = bytes.baseAddress else { throw FixtureError.unreadable }
        let fields = FieldTable()
        defer { withExtendedLifetime(fields) {} }
        var head = RequestHead(base: UnsafeRawPointer(base), fields: fields)
        var parser = HeadParser(limits: WireLimits())
        guard parser.parse(UnsafeRawBufferPointer(bytes), into: &head) == .complete else { throw FixtureError.unreadable }
        var verdict = begin(&head)
        while verdict == .wait, let work = exchange.errand?.work {
            let result = await work()
            arrive()
            verdict = pipeline.goOn(head, facts, exchange, with: result, nowMilliseconds: now)
        }
        return sent(verdict, head)
    }
}
