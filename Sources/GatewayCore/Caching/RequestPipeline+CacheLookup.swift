import Model

extension RequestPipeline {
    /// Looks whether the request, as it would go to the upstream, can be answered with what is kept, and notes what is to be done with the
    /// upstream's answer. `nil`: the request goes to the upstream.
    ///
    /// Only for APIs that want their answers kept (`docs/response-caching.md`). Requests come here after authentication, quotas and
    /// policies, whether their answers are kept or not.
    func consultCache(_ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome? {
        guard exchange.caching == nil, let cache = responseCache else { return nil }
        let request = exchange.editRequest(head)
        let method = request.method
        if !Self.isSafe(method) {
            exchange.caching = use(cache, .invalidating, api, call, request, head, exchange)
            return nil
        }
        let isHead = method.elementsEqual("HEAD".utf8)
        guard isHead || method.elementsEqual("GET".utf8), head.body == .none, request.value(of: .range) == nil else {
            return nil
        }
        let wishes = CacheDirectives(request)
        if wishes.noStore { return nil }
        let filling = use(cache, .filling, api, call, request, head, exchange)
        let kept = cache.find(filling.key, request)
        if let kept {
            cache.touch(filling.key, kept)
            if !wishes.noCache, kept.freshness.isFresh(nowMilliseconds: call.now, maxAge: wishes.maxAge) {
                return answer(with: kept, filling.conditions, call.now, exchange)
            }
        }
        if wishes.onlyIfCached { return .refused(.nothingKept) }
        if isHead { return nil }
        guard let kept, kept.hasValidator else { return collapse(filling, exchange, mayWait: !wishes.noCache) }
        let validating = use(cache, .validating(kept), api, call, request, head, exchange)
        if let outcome = collapse(validating, exchange, mayWait: !wishes.noCache) { return outcome }
        Self.setConditions(of: kept, request)
        return nil
    }

    private static func isSafe(_ method: [UInt8]) -> Bool {
        [StaticString("GET"), "HEAD", "OPTIONS", "TRACE"].contains { method.elementsEqual($0.bytes) }
    }

    private func use(
        _ cache: ResponseCache, _ role: CacheUse.Role, _ api: CompiledAPI, _ call: Call, _ request: RequestDraft,
        _ head: RequestHead, _ exchange: Exchange
    ) -> CacheUse {
        // Where a policy has chosen the upstream, it belongs to what is asked for.
        let path = (exchange.upstream?.url ?? []) + Array(request.bytes(exchange.suffix))
        let target = CacheKey.Target(
            deployment: api.deployment, backend: api.operations[Int(exchange.operation)].backend,
            isSandbox: exchange.keyType == .sandbox, path: path)
        var caller = CallerFields(request, originalBytes: head.byteCount)
        // A token for the back end comes later, and is made of the credential.
        if settings.backendTokens != nil { caller.add(exchange.credential?.text ?? []) }
        return CacheUse(
            cache: cache, key: CacheKey(target: target, caller: caller.bytes), role: role,
            longestLifetime: Int64(api.cacheSeconds), isPersonal: caller.isPersonal, started: call.now,
            conditions: ClientConditions(request))
    }

    /// Asks the upstream for the answer only if it is another one than that which is kept (RFC 9111 §4.3.1).
    private static func setConditions(of kept: CachedAnswer, _ request: RequestDraft) {
        request.remove(.ifNoneMatch)
        request.remove(.ifModifiedSince)
        if let tag = kept.entityTag {
            request.set(.ifNoneMatch, to: tag)
        } else if let modified = kept.lastModified {
            request.set(.ifModifiedSince, to: modified)
        }
    }

    private func answer(
        with kept: CachedAnswer, _ conditions: ClientConditions, _ now: Int64, _ exchange: Exchange
    ) -> StageOutcome {
        exchange.draft(kept, conditions, nowMilliseconds: now)
        exchange.stage = .responsePolicies
        exchange.policyPosition = 0
        return .again
    }
}

extension Refusal {
    /// The client wants no answer but one that is kept.
    static let nothingKept = Refusal(
        code: 504, status: 504, message: "Gateway Timeout", description: "No answer is kept that could be used.", shape: .fault)
}

extension Exchange {
    /// Makes a kept answer the one that the client gets; only its head if the client has the rest already.
    func draft(_ kept: CachedAnswer, _ conditions: ClientConditions, nowMilliseconds: Int64) {
        cacheMarks.insert(.hit)
        kept.head.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            let fields = FieldTable()
            var head = ResponseHead(base: start, fields: fields)
            var parser = ResponseHeadParser(limits: .ofKeptAnswers)
            withExtendedLifetime(fields) {
                guard parser.parse(bytes, into: &head) == .complete else { return }
                head.contentLength = Int64(kept.body.count)
                draftResponse(head)
            }
        }
        responseBody = kept.body
        let age = max(0, kept.freshness.age(nowMilliseconds: nowMilliseconds))
        responseDraft?.set(.age, to: Array("\(age)".utf8))
        guard conditions.areMet(by: kept), let draft = responseDraft else { return }
        draft.setStatus(304)
        for name in [FieldName.contentType, .contentEncoding] { draft.remove(name) }
    }
}

extension WireLimits {
    /// What was taken once may be read again.
    static let ofKeptAnswers: WireLimits = {
        var limits = WireLimits()
        limits.responseHeadBytes = .max
        limits.fieldCount = .max
        return limits
    }()
}

/// What in a request tells the upstream who calls.
struct CallerFields {
    /// Whether the client's own credentials go to the upstream.
    private(set) var isPersonal = false
    /// The fields that the gateway has made: a backend token, what policies have set.
    private(set) var bytes: [UInt8] = [0]

    /// Fields that differ from request to request and on which no answer depends.
    private static let passing = ["traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-request-id"]
        .map { Array($0.utf8) }

    /// - Parameter originalBytes: length of the head that came: what lies behind it was made here.
    init(_ request: RequestDraft, originalBytes: Int) {
        for field in request.head.fields where field.known != .removed && field.known != .activityID {
            if Int(field.value.start) < originalBytes {
                if field.known == .authorization || field.known == .cookie { isPersonal = true }
            } else if field.known != .connection, field.known != .contentLength, !Self.isPassing(request.bytes(field.name)) {
                bytes += Array(request.bytes(field.name)) + [0x3A] + Array(request.bytes(field.value)) + [0x0A]
            }
        }
        if isPersonal { bytes[0] = 1 }
    }

    mutating func add(_ credential: [UInt8]) { bytes += [0x0A] + credential }

    private static func isPassing(_ name: UnsafeRawBufferPointer) -> Bool {
        passing.contains { Bytes.equalIgnoringCase(name, $0) }
    }
}

extension CacheDirectives {
    /// What a client wishes; `Pragma` counts where there is no `Cache-Control` (RFC 9111 §5.4).
    init(_ request: RequestDraft) {
        let values = request.values(of: .cacheControl)
        self.init(values.isEmpty ? request.values(of: .pragma).filter { $0.elementsEqual("no-cache".utf8) } : values)
    }
}

extension FieldName {
    static let age = FieldName("Age", .other)
    static let cacheControl = FieldName("Cache-Control", .other)
    static let date = FieldName("Date", .date)
    static let entityTag = FieldName("ETag", .other)
    static let expires = FieldName("Expires", .other)
    static let ifModifiedSince = FieldName("If-Modified-Since", .other)
    static let ifNoneMatch = FieldName("If-None-Match", .other)
    static let lastModified = FieldName("Last-Modified", .other)
    static let pragma = FieldName("Pragma", .other)
    static let range = FieldName("Range", .other)
    static let setCookie = FieldName("Set-Cookie", .other)
    static let vary = FieldName("Vary", .other)
}
