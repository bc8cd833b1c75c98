import Model
import Tokens

extension RequestPipeline {
    /// Gives a request what proves to its back end that it comes from the gateway. Whatever the client has sent in that place does not go on.
    @inline(never)
    func authorizeEndpoint(_ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        guard let security = endpointSecurity(of: exchange) else { return .next }
        if exchange.endpoint < 0, let upstream = exchange.upstream, !isEntitled(upstream, exchange) { return .next }
        switch security {
        case .field(let field): return outcome(of: setCredential(field, head, exchange))
        case .query(let parameter):
            let draft = exchange.editRequest(head)
            exchange.setUpstreamTarget(
                path: exchange.upstreamPath(draft), query: parameter.added(to: exchange.upstreamQuery(draft)), draft)
            return .next
        case .digest(let account): return authorizeByDigest(account, head, exchange)
        case .token(let source): return authorizeByToken(source, call, head, exchange)
        case .awsSignature(let signer): return sign(signer, call, head, exchange)
        case .unusable: return .refused(.endpointSecurityFailed)
        }
    }

    private func outcome(of refusal: Refusal?) -> StageOutcome { refusal.map(StageOutcome.refused) ?? .next }

    /// What the operation's back ends ask for.
    func endpointSecurity(of exchange: Exchange) -> CompiledEndpointSecurity? {
        guard let operation = operation(of: exchange), let api = exchange.snapshot?.apis[exchange.api] else { return nil }
        return api.backends[operation.backend].security(exchange.keyType)
    }

    /// Whether a destination that a policy has set may see the credential of the operation's back ends: if it is one of their servers, or
    /// if the API leaves all destinations to policies (`docs/endpoint-security.md`).
    private func isEntitled(_ upstream: Upstream, _ exchange: Exchange) -> Bool {
        guard let group = group(of: exchange) else { return false }
        return group.endpoints.isEmpty || group.endpoints.contains { $0.upstream.isSameServer(as: upstream) }
    }

    // MARK: Credentials in fields

    /// Makes a field the only one of its name that goes to the upstream.
    private func setCredential(_ field: CredentialField, _ head: RequestHead, _ exchange: Exchange) -> Refusal? {
        if let refusal = removeField(field.name, field.lowerName, head, exchange) { return refusal }
        replaceCredential(field.line, exchange)
        return nil
    }

    private func removeField(_ name: FieldName, _ lowerName: [UInt8], _ head: RequestHead, _ exchange: Exchange) -> Refusal? {
        if RequestFields.isLate(lowerName, head) { return .tooManyFields }
        exchange.removedFields |= RequestFields.find(lowerName, head)?.bits ?? 0
        exchange.requestDraft?.remove(name)
        return nil
    }

    /// Puts lines into the place of those that were sent the last time, if they were.
    private func replaceCredential(_ lines: [UInt8], _ exchange: Exchange) {
        if exchange.credentialLines.isEmpty {
            exchange.credentialLines = exchange.addedRequestLines.endIndex..<exchange.addedRequestLines.endIndex
        }
        let start = exchange.credentialLines.lowerBound
        exchange.addedRequestLines.replaceSubrange(exchange.credentialLines, with: lines)
        exchange.credentialLines = start..<start + lines.count
    }

    // MARK: Tokens

    private func authorizeByToken(
        _ source: EndpointTokenSource, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        if settings.endpointSecurity.repeatsWithNewToken, exchange.requestBody == nil, isWorthKeeping(head.body) {
            return .needsBody(limit: settings.endpointSecurity.repeatedBodyBytes)
        }
        guard let token = endpointCredentials.token(of: source, nowMilliseconds: call.now) else {
            return fetch(from: source, call.snapshot) { _ in .again }
        }
        exchange.challengesLeft = settings.endpointSecurity.repeatsWithNewToken ? 1 : 0
        guard let field = CredentialField.authorization(Self.bearer + token) else {
            return .refused(.endpointSecurityFailed)
        }
        return outcome(of: setCredential(field, head, exchange))
    }

    /// Whether a body is there, and short enough to be kept for the case that the token is refused.
    private func isWorthKeeping(_ body: RequestHead.BodyFraming) -> Bool {
        guard case .length(let length) = body else { return false }
        return length > 0 && length <= settings.endpointSecurity.repeatedBodyBytes
    }

    /// Gets a token off the loop and remembers it.
    private func fetch(
        from source: EndpointTokenSource, _ snapshot: Snapshot, then resume: @escaping (String) -> StageOutcome
    ) -> StageOutcome {
        guard let authority = settings.endpointSecurity.authority else { return .refused(.endpointSecurityFailed) }
        let trust = snapshot.upstreamTrust
        let refusals = source.refusals.load(ordering: .acquiring)
        let refused = source.lastRefused
        let timeout = Int64(source.definition.timeoutMilliseconds ?? 30_000)
        return .waits(
            Errand("the token endpoint of the back end", timeoutMilliseconds: timeout) {
                try await authority.token(from: source, refused: refused, trust: trust)
            } resume: { [self] (result: Result<EndpointToken, any Error>) in
                guard case .success(let token) = result else { return .refused(.endpointSecurityFailed) }
                endpointCredentials.remember(token, of: source, refusals: refusals)
                return resume(token.value)
            })
    }

    // MARK: Digest

    private func authorizeByDigest(_ account: DigestAccount, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        // The answer may be a challenge, and then the body is needed again.
        if exchange.requestBody == nil, head.body != .none {
            return .needsBody(limit: settings.endpointSecurity.repeatedBodyBytes)
        }
        exchange.challengesLeft = 1
        if let refusal = removeField(.authorization, Self.authorizationName, head, exchange) { return .refused(refusal) }
        if endpointCredentials.challenges[account.id] != nil { answer(with: account, head, exchange) }
        return .next
    }

    private static let authorizationName = Array("authorization".utf8)

    /// Answers the last challenge of an account's back end.
    private func answer(with account: DigestAccount, _ head: RequestHead, _ exchange: Exchange) {
        guard let upstream = exchange.upstream, let known = endpointCredentials.challenges[account.id] else { return }
        endpointCredentials.challenges[account.id]?.count += 1
        let message = DigestAccount.Message(
            method: exchange.requestDraft.map { String(decoding: $0.method, as: UTF8.self) }
                ?? String(decoding: head.bytes(head.method), as: UTF8.self),
            target: target(of: head, exchange, upstream), body: exchange.requestBody ?? [])
        let value = account.authorization(
            known.challenge, message, count: known.count + 1, clientNonce: Hexadecimal.text(random.bytes(16)))
        if let field = CredentialField.authorization(value) { replaceCredential(field.line, exchange) }
    }

    /// Path and query as the upstream sees them.
    private func target(of head: RequestHead, _ exchange: Exchange, _ upstream: Upstream) -> String {
        let output = OutputBuffer(capacity: 256)
        output.append(upstream.pathPrefix)
        RequestHeadWriter.writeSuffix(exchange.requestDraft?.head ?? head, exchange, upstream, into: output)
        return String(decoding: output.bytes, as: UTF8.self)
    }

    // MARK: Signatures

    private func sign(_ signer: AWSRequestSigner, _ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        if exchange.requestBody == nil, head.body != .none { return .needsBody(limit: settings.policyBodyBytes) }
        guard let upstream = exchange.upstream else { return .refused(.endpointSecurityFailed) }
        for name in ["Authorization", "X-Amz-Date", "X-Amz-Content-Sha256", "X-Amz-Security-Token"] {
            guard let field = FieldName(name) else { continue }
            if let refusal = removeField(field, Array(name.lowercased().utf8), head, exchange) { return .refused(refusal) }
        }
        let target = target(of: head, exchange, upstream)
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = signer.signature(
            of: AWSRequestSigner.Message(
                method: exchange.requestDraft.map { String(decoding: $0.method, as: UTF8.self) }
                    ?? String(decoding: head.bytes(head.method), as: UTF8.self),
                path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
                host: String(decoding: upstream.hostField, as: UTF8.self), body: exchange.requestBody ?? []),
            nowMilliseconds: call.now)
        replaceCredential(fields.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }, exchange)
        return .next
    }

    // MARK: Challenges

    /// Decides on an answer 401 of the upstream: `nil` if it goes to the client as it is.
    ///
    /// - Parameter canRepeat: whether the whole request is still at hand.
    func challenged(
        by response: ResponseHead, _ head: RequestHead, _ exchange: Exchange, canRepeat: Bool
    ) -> Verdict? {
        switch endpointSecurity(of: exchange) {
        case .token(let source): return renewToken(of: source, exchange, canRepeat: canRepeat)
        case .digest(let account):
            let challenges = response.fields.filter {
                Bytes.equalIgnoringCase(response.bytes($0.name), "www-authenticate")
            }.map { String(decoding: response.bytes($0.value), as: UTF8.self) }
            guard canRepeat, let challenge = DigestChallenge.strongest(in: challenges) else { return nil }
            exchange.challengesLeft -= 1
            endpointCredentials.remember(challenge, for: account)
            answer(with: account, head, exchange)
            return .forward
        default: return nil
        }
    }

    /// Has no loop use the token any more, and the request sent again with another one if that is possible.
    private func renewToken(of source: EndpointTokenSource, _ exchange: Exchange, canRepeat: Bool) -> Verdict? {
        // The loop that remembers the token may be another one: connections change their loop.
        let line = String(decoding: exchange.addedRequestLines[exchange.credentialLines], as: UTF8.self)
        guard let mark = line.firstRange(of: Self.bearer) else { return nil }
        source.noteRefusal(of: String(line[mark.upperBound...].prefix { $0 != "\r\n" }))
        guard canRepeat else { return nil }
        exchange.challengesLeft -= 1
        let outcome = fetch(from: source, exchange.snapshot ?? snapshot) { [self] token in
            guard let field = CredentialField.authorization(Self.bearer + token) else {
                return .refused(.endpointSecurityFailed)
            }
            replaceCredential(field.line, exchange)
            return .next
        }
        guard case .waits(let errand) = outcome else { return nil }
        exchange.errand = errand
        return .wait
    }

    private static let bearer = "Bearer "
}
