import Model

extension RequestPipeline {
    /// Runs stages from where the exchange stands up to the last one of the request or of the answer, or until one of them says
    /// something else than to go on.
    func run(_ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        if exchange.stage == .match {
            let outcome = match(call, head, exchange)
            guard case .next = outcome else { return outcome }
            exchange.stage = Stage.match.following
        }
        // A request to an unknown API never leaves the first stage, so the others have an API and an operation.
        guard let api = call.snapshot.apis[exchange.api] else { return .refused(.unknownResource) }
        let operation = api.operations[Int(exchange.operation)]
        while true {
            let outcome = enter(exchange.stage, api, operation, call, head, exchange)
            switch outcome {
            case .next:
                if exchange.stage.isLast { return .next }
                exchange.stage = exchange.stage.following
            case .again: continue
            default: return outcome
            }
        }
    }

    @inline(__always)
    private func enter(
        _ stage: Stage, _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead,
        _ exchange: Exchange
    ) -> StageOutcome {
        switch stage {
        case .match, .authenticate: return authenticate(api, operation, call, head, exchange)
        case .authorize: return authorize(api, operation, call, exchange)
        case .quota: return admit(api, operation, call, head, exchange)
        case .requestPolicies: return applyRequestPolicies(api, operation, call, head, exchange)
        case .endpoint:
            if api.cacheSeconds > 0, let outcome = consultCache(api, call, head, exchange) { return outcome }
            if let tokens = settings.backendTokens, let outcome = learnUserClaims(tokens, api, call, exchange) {
                return outcome
            }
            let outcome = chooseEndpoint(api, call, head, exchange)
            // Last, because the stage may be entered several times before it is through.
            guard let tokens = settings.backendTokens, case .next = outcome else { return outcome }
            return addBackendToken(tokens, api, call, head, exchange).map(StageOutcome.refused) ?? .next
        case .responsePolicies: return applyResponsePolicies(api, operation, call, head, exchange)
        }
    }

    private func match(_ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        let path = head.bytes(head.path)
        if PathSafety.hasDotSegment(path) { return .refused(.unsafePath) }
        guard let match = call.snapshot.contexts.match(path, host: head.bytes(head.host)),
            let api = call.snapshot.apis[match.api]
        else { return unknown(path, call, exchange) }
        exchange.api = match.api
        exchange.apiIdentity = api.identity
        exchange.suffix = ByteSpan(
            start: Int(head.target.start) + match.count, count: Int(head.target.count) - match.count)
        if !api.transports.contains(call.isTLS ? .https : .http) {
            return .refused(.unsupportedTransport(call.isTLS ? "https" : "http"))
        }
        let resource = UnsafeRawBufferPointer(rebasing: path[match.count...])
        let found = self.match(resource, api, call)
        if case .operation(let index) = found { WorkingSet.fetch(api.operations[Int(index)]) }
        if !api.deprecationLines.isEmpty { exchange.addedResponseLines += api.deprecationLines }
        api.cors?.appendLines(origin: RequestFields.value(call.fields.origin, head), to: exchange.addedResponseLines)
        switch found {
        case .operation(let index): exchange.operation = index
        case .methodNotAllowed where call.verb == .options && api.cors != nil:
            return preflight(resource, api, call, head, exchange)
        case .methodNotAllowed: return .refused(.methodNotAllowed)
        case .notFound: return .refused(.noMatchingResource)
        }
        return api.isBlocked ? .refused(.apiBlocked) : .next
    }

    private func match(_ resource: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call) -> ResourceTrie.Match {
        guard ByteScanning.first(0x25, in: resource) != nil else { return api.resources.match(resource, call.verb) }
        normalizedPath.removeAll(keepingCapacity: true)
        PathNormalization.append(resource, to: &normalizedPath)
        return normalizedPath.withUnsafeBytes { api.resources.match($0, call.verb) }
    }

    /// Answers a browser's question whether a page may send a request, before any authentication.
    private func preflight(
        _ resource: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        let wanted = Verb(RequestFields.value(call.fields.requestMethod, head))
        guard let wanted, case .operation(let index) = api.resources.match(resource, wanted) else {
            return .refused(.methodNotAllowed)
        }
        exchange.operation = index
        api.cors?.appendPreflightLines(offered: api.resources.verbs(of: resource), to: exchange.addedResponseLines)
        exchange.answer.status = 200
        return .answered
    }

    /// No API: the page at `/`, the open service below `/service`, or 404.
    private func unknown(_ path: UnsafeRawBufferPointer, _ call: Call, _ exchange: Exchange) -> StageOutcome {
        if call.verb == .get, keySetAnswer(path, call, exchange) { return .answered }
        if path.starts(with: Self.openService) {
            exchange.answer.status = 200
            return .answered
        }
        guard path.count == 1, call.verb == .get || call.verb == .head else { return .refused(.unknownResource) }
        exchange.answer.status = 200
        exchange.answer.headerLines += Self.pageLines
        exchange.answer.body += Self.page
        return .answered
    }

    /// Load balancers and monitors of older installations ask here whether the gateway is up.
    private static let openService = Array("/service".utf8)
    private static let pageLines = Array("Content-Type: text/html; charset=UTF-8\r\n".utf8)
    private static let page = Array(
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Martlet gateway</title></head>
        <body><h1>The gateway is running</h1><p>Call an API by its context, for example <code>/pizza/1.0.0/menu</code>.</p></body></html>

        """.utf8)
}
