import Documents
import Model

/// What is asked of gateways over their feeds, and what comes back: each gateway that is connected to this node gets the question as a line of
/// its feed and answers with a report.
struct GatewayQuestion {
    /// Sessions that have not answered yet.
    var waiting: Set<String>
    var answers: [GatewayAnswer] = []
    var continuation: CheckedContinuation<[GatewayAnswer], Never>?
}

/// One gateway's answer.
public struct GatewayAnswer: Sendable, Hashable {
    public var gateway: GatewayIdentity
    public var value: JSONValue
}

extension RemoteGateways {
    /// Most questions that wait for a feed to take them; older ones count as unanswered.
    private static let waitingQuestions = 64

    /// Asks every gateway at this node that serves the tenant. Returns what has been answered in time, `settings.patience` at the latest; a
    /// gateway that hangs already is not asked.
    public func ask(_ question: JSONValue, about tenant: Tenant) async -> [GatewayAnswer] {
        let asked = members.filter { !$0.value.isLate && $0.value.serves(tenant) }
        guard !asked.isEmpty else { return [] }
        let id = nextQuestion
        nextQuestion += 1
        questions[id] = GatewayQuestion(waiting: Set(asked.keys))
        var line = question
        line[FeedProtocol.Member.ask] = JSONValue(id)
        for (session, member) in asked {
            members[session]?.questions = member.questions.suffix(Self.waitingQuestions - 1) + [line]
            member.signal.yield()
        }
        let timer = Task { [patience = settings.patience] in
            try await Task.sleep(for: patience)
            end(id)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { questions[id]?.continuation = $0 }
    }

    /// The questions that the feed of a session has to carry.
    public func takeQuestions(of session: String) -> [JSONValue] {
        defer { members[session]?.questions = [] }
        return members[session]?.questions ?? []
    }

    /// Takes a gateway's answer. One to a question that is over, or was asked of others, is dropped.
    public func take(_ answer: JSONValue, to id: Int, from gateway: GatewayIdentity, session: String) {
        guard members[session]?.gateway == gateway, questions[id]?.waiting.remove(session) != nil else { return }
        questions[id]?.answers.append(GatewayAnswer(gateway: gateway, value: answer))
        if questions[id]?.waiting.isEmpty == true { end(id) }
    }

    /// A gateway that has gone answers nothing more.
    func leaveQuestions(_ session: String) {
        for id in questions.keys where questions[id]?.waiting.remove(session) != nil {
            if questions[id]?.waiting.isEmpty == true { end(id) }
        }
    }

    private func end(_ id: Int) {
        guard let question = questions.removeValue(forKey: id) else { return }
        question.continuation?.resume(returning: question.answers)
    }
}

extension RemoteGateways.Member {
    /// Whether the gateway may learn what belongs to a tenant.
    func serves(_ tenant: Tenant) -> Bool { tenants.isEmpty || tenants.contains(tenant.domain) }
}
