import Model

extension RequestPipeline {
    /// The stages in order: match, cross-origin, state of the API, authenticate, authorize, endpoint, quotas.
    func run(_ call: Call, _ head: RequestHead, _ exchange: Exchange) -> Outcome {
        let path = head.bytes(head.path)
        if PathSafety.hasDotSegment(path) { return .refused(.unsafePath) }
        guard let match = call.snapshot.contexts.match(path, host: head.bytes(head.host)),
            let api = call.snapshot.apis[match.api]
        else { return unknown(path, call, exchange) }
        exchange.api = match.api
        exchange.suffix = ByteSpan(
            start: Int(head.target.start) + match.count, count: Int(head.target.count) - match.count)
        if !api.transports.contains(call.isTLS ? .https : .http) {
            return .refused(.unsupportedTransport(call.isTLS ? "https" : "http"))
        }
        api.cors?.appendLines(origin: RequestFields.value(call.fields.origin, head), to: &exchange.addedResponseLines)
        let resource = UnsafeRawBufferPointer(rebasing: path[match.count...])
        switch self.match(resource, api, call) {
        case .operation(let index): exchange.operation = index
        case .methodNotAllowed where call.verb == .options && api.cors != nil:
            return preflight(resource, api, call, head, exchange)
        case .methodNotAllowed: return .refused(.methodNotAllowed)
        case .notFound: return .refused(.noMatchingResource)
        }
        if api.isBlocked { return .refused(.apiBlocked) }
        return admit(api, api.operations[Int(exchange.operation)], call, head, exchange)
    }

    private func admit(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Outcome {
        if call.fields.hasLateCredential { return .refused(.tooManyFields) }
        exchange.removedFields |= call.fields.internalBits
        let authentication = authenticate(api, operation, call, head, exchange)
        guard case .accepted(let credential) = authentication else {
            guard case .refused(var refusal) = authentication else { return .refused(.invalidCredentials) }
            if refusal.status == 401 { refusal.challenge = api.security.challenge }
            return .refused(refusal)
        }
        exchange.isAuthenticated = true
        exchange.userName += credential.userName
        exchange.usesInternalKey = credential.kind == .internalKey
        let subscription: CompiledSubscription?
        switch authorize(credential, api, operation, call, exchange) {
        case .accepted(let found): subscription = found
        case .refused(var refusal):
            if refusal.status == 401 { refusal.challenge = api.security.challenge }
            return .refused(refusal)
        }
        if denies(credential, api, call, exchange) { return .refused(.denied) }
        if let refusal = chooseEndpoint(api, credential.kind, call, exchange) { return .refused(refusal) }
        if let refusal = admit(credential, subscription, api, operation, call, head, exchange) {
            return .refused(refusal)
        }
        turn &+= 1
        return .forward
    }

    private func match(_ resource: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call) -> ResourceTrie.Match {
        guard resource.contains(0x25) else { return api.resources.match(resource, call.verb) }
        normalizedPath.removeAll(keepingCapacity: true)
        PathNormalization.append(resource, to: &normalizedPath)
        return normalizedPath.withUnsafeBytes { api.resources.match($0, call.verb) }
    }

    /// Answers a browser's question whether a page may send a request, before any authentication.
    private func preflight(
        _ resource: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Outcome {
        let wanted = Verb(RequestFields.value(call.fields.requestMethod, head))
        guard let wanted, case .operation(let index) = api.resources.match(resource, wanted) else {
            return .refused(.methodNotAllowed)
        }
        exchange.operation = index
        api.cors?.appendPreflightLines(offered: api.resources.verbs(of: resource), to: &exchange.addedResponseLines)
        exchange.answer.status = 200
        return .answered
    }

    /// No API: the page at `/`, or 404.
    private func unknown(_ path: UnsafeRawBufferPointer, _ call: Call, _ exchange: Exchange) -> Outcome {
        guard path.count == 1, call.verb == .get || call.verb == .head else { return .refused(.unknownResource) }
        exchange.answer.status = 200
        exchange.answer.headerLines += Self.pageLines
        exchange.answer.body += Self.page
        return .answered
    }

    private static let pageLines = Array("Content-Type: text/html; charset=UTF-8\r\n".utf8)
    private static let page = Array(
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Martlet gateway</title></head>
        <body><h1>The gateway is running</h1><p>Call an API by its context, for example <code>/pizza/1.0.0/menu</code>.</p></body></html>

        """.utf8)
}
