extension RequestPipeline {
    /// Notes what the head of an upstream's answer means for what is kept. True if the client is to get a kept answer instead, which then
    /// lies in the exchange.
    func noteForCache(_ response: ResponseHead, _ exchange: Exchange, nowMilliseconds now: Int64) -> Bool {
        guard let use = exchange.caching else { return false }
        switch use.role {
        case .invalidating:
            // RFC 9111 §4.4: a refused change has changed nothing.
            if (200..<400).contains(response.status) { use.cache.removeAll(use.key.target) }
            return false
        case .validating(let kept) where response.status == 304:
            let renewed = CacheRecording(renewing: kept, with: response, use, nowMilliseconds: now)
            if let renewed {
                use.cache.keep(renewed.answer, for: use.key)
            } else {
                use.cache.remove(kept, for: use.key)
            }
            use.lead = nil
            exchange.draft(renewed?.answer ?? kept, use.conditions, nowMilliseconds: now)
            return true
        case .validating(let kept):
            if response.status < 500 { use.cache.remove(kept, for: use.key) }
        case .filling: break
        }
        if let request = exchange.requestDraft {
            use.recording = CacheRecording(response, to: request, use, nowMilliseconds: now)
        }
        // After an error the next one may have more luck.
        if use.recording == nil, use.lead != nil {
            if response.status < 500 { use.letOthersGo() } else { use.lead = nil }
        }
        return false
    }
}

extension CacheRecording {
    /// Statuses that are kept as long as the API says when the upstream says nothing; others need its word.
    private static let keptByDefault: Set<Int32> = [200, 203, 204, 300, 301, 308]
    /// Statuses that are kept if the upstream says how long.
    private static let keptByWord: Set<Int32> = [404, 405, 410, 414, 501]

    /// `nil` if the answer must not or need not be kept (RFC 9111 §3).
    init?(_ response: ResponseHead, to request: RequestDraft, _ use: CacheUse, nowMilliseconds: Int64) {
        let fields = AnswerFields(response)
        guard Self.isAllowed(response.status, fields, use), response.framing(isHeadRequest: false) != .untilClose,
            response.contentLength <= Int64(use.cache.longestBody), let selectors = fields.selectors(of: request)
        else { return nil }
        self.init(fields, status: response.status, selectors: selectors, use, nowMilliseconds: nowMilliseconds)
    }

    /// The kept answer with the newer fields of a 304 (RFC 9111 §3.2); `nil` if it must not be kept any more.
    init?(
        renewing kept: CachedAnswer, with response: ResponseHead, _ use: CacheUse, nowMilliseconds: Int64
    ) {
        guard let fields = AnswerFields(kept)?.renewed(by: AnswerFields(response)), Self.isAllowed(kept.status, fields, use)
        else { return nil }
        self.init(fields, status: kept.status, selectors: kept.selectors, use, nowMilliseconds: nowMilliseconds)
        body = kept.body
    }

    private init?(
        _ fields: AnswerFields, status: Int32, selectors: [CachedAnswer.Selector], _ use: CacheUse, nowMilliseconds: Int64
    ) {
        guard let freshness = fields.freshness(status: status, use, nowMilliseconds: nowMilliseconds) else { return nil }
        self.selectors = selectors
        self.status = status
        self.freshness = freshness
        entityTag = fields.value(of: .entityTag)
        lastModified = fields.value(of: .lastModified)
        guard freshness.initialAge < freshness.lifetime || entityTag != nil || lastModified != nil else { return nil }
        head = fields.head(status: status, nowMilliseconds: nowMilliseconds)
    }

    private static func isAllowed(_ status: Int32, _ fields: AnswerFields, _ use: CacheUse) -> Bool {
        let word = fields.directives
        guard keptByDefault.contains(status) || keptByWord.contains(status), !word.noStore, !word.isPrivate,
            fields.value(of: .setCookie) == nil
        else { return false }
        // RFC 9111 §3.5.
        return !use.isPersonal || word.isPublic || word.mustRevalidate || word.sharedMaxAge != nil
    }

    static func isKeptByDefault(_ status: Int32) -> Bool { keptByDefault.contains(status) }
}

/// The fields of an answer that are kept with it.
struct AnswerFields {
    private var fields: [(name: FieldName, value: [UInt8])] = []
    private(set) var directives = CacheDirectives([])

    /// Fields that end at the gateway, or tell of one exchange only, are left out (RFC 9111 §3.1).
    init(_ response: ResponseHead) {
        for field in response.fields where !FieldRules.isHopByHop(field.known) && field.known != .activityID {
            if FieldRules.isNominated(field.name, in: response.fields, base: response.base) { continue }
            guard let name = FieldName(bytes: response.bytes(field.name)) else { continue }
            fields.append((name, Array(response.bytes(field.value))))
        }
        directives = CacheDirectives(values(of: .cacheControl))
    }

    init?(_ kept: CachedAnswer) {
        let parsed: AnswerFields? = kept.head.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            let fields = FieldTable()
            var head = ResponseHead(base: start, fields: fields)
            var parser = ResponseHeadParser(limits: .ofKeptAnswers)
            return withExtendedLifetime(fields) {
                parser.parse(bytes, into: &head) == .complete ? AnswerFields(head) : nil
            }
        }
        guard let parsed else { return nil }
        self = parsed
    }

    func values(of name: FieldName) -> [[UInt8]] { fields.filter { $0.name.isSame(as: name) }.map(\.value) }

    func value(of name: FieldName) -> [UInt8]? { values(of: name).first }

    /// These fields, with those of a newer answer in the place of their own; what describes the body stays.
    func renewed(by newer: AnswerFields) -> AnswerFields {
        var result = self
        let news = newer.fields.filter { field in
            ![FieldName.contentType, .contentEncoding].contains { $0.isSame(as: field.name) }
        }
        result.fields = fields.filter { field in !news.contains { $0.name.isSame(as: field.name) } } + news
        // These tell of one answer only.
        for name in [FieldName.age, .date] where newer.value(of: name) == nil {
            result.fields.removeAll { $0.name.isSame(as: name) }
        }
        result.directives = CacheDirectives(result.values(of: .cacheControl))
        return result
    }

    /// The request's values of the fields that the answer depends on; `nil` if it depends on more than fields (`Vary: *`).
    func selectors(of request: RequestDraft) -> [CachedAnswer.Selector]? {
        var selectors: [CachedAnswer.Selector] = []
        for list in values(of: .vary) {
            for element in list.split(separator: ByteScanning.comma) {
                let text = element.withUnsafeBytes { Array(Bytes.trimmed($0)).map(Bytes.lowercased) }
                if text.isEmpty { continue }
                guard text != [0x2A], let name = FieldName(bytes: text) else { return nil }
                selectors.append(.init(name: name, value: CachedAnswer.value(of: name, request)))
            }
        }
        return selectors
    }

    /// RFC 9111 §4.2; `nil` for an answer of which nobody says how long it may be used.
    func freshness(status: Int32, _ use: CacheUse, nowMilliseconds: Int64) -> CacheFreshness? {
        let date = seconds(.date) ?? nowMilliseconds / 1000
        guard let lifetime = lifetime(status: status, date: date, use) else { return nil }
        let delay = max(0, nowMilliseconds - use.started) / 1000
        let given = value(of: .age).flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
        let age = max(nowMilliseconds / 1000 - date, max(0, min(given, 1 << 31)) + delay)
        return CacheFreshness(receivedMilliseconds: nowMilliseconds, initialAge: max(0, age), lifetime: lifetime)
    }

    private func lifetime(status: Int32, date: Int64, _ use: CacheUse) -> Int64? {
        if directives.noCache { return 0 }
        let given =
            directives.sharedMaxAge ?? directives.maxAge ?? value(of: .expires).map { _ in (seconds(.expires) ?? 0) - date }
        let lifetime = given ?? (CacheRecording.isKeptByDefault(status) ? use.longestLifetime : nil)
        return lifetime.map { min(max(0, $0), use.longestLifetime) }
    }

    private func seconds(_ name: FieldName) -> Int64? { value(of: name)?.withUnsafeBytes { HTTPDate.seconds($0) } }

    /// The head as text, with the date that every answer that is kept needs (RFC 9110 §6.6.1).
    func head(status: Int32, nowMilliseconds: Int64) -> [UInt8] {
        var output = Array("HTTP/1.1 \(status) ".utf8) + Array(AnswerWriter.reason(of: status).bytes) + Self.lineEnd
        for field in fields {
            output += field.name.bytes + [ByteScanning.colon, ByteScanning.space] + field.value + Self.lineEnd
        }
        if value(of: .date) == nil {
            output += Array("Date: \(CalendarDate(milliseconds: nowMilliseconds).httpDate)\r\n".utf8)
        }
        return output + Self.lineEnd
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
}

extension FieldName {
    func isSame(as other: FieldName) -> Bool { bytes.withUnsafeBytes { ByteScanning.equalTokens($0, other) } }
}
