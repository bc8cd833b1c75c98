import GatewayCore

extension PolicyVisit {
    /// What the message says of its body.
    var mediaType: MediaType { MediaType(value(of: .contentType).map { String(decoding: $0, as: UTF8.self) } ?? "") }

    /// Replaces the body by one without content coding, of another media type if one is given.
    func replaceContent(_ bytes: [UInt8], type: String? = nil) {
        body = bytes
        remove(.contentEncoding)
        // What was computed over the old body.
        for name in FieldName.digests { remove(name) }
        if let type { set(.contentType, to: Array(type.utf8)) }
    }

    /// Works on the body without its content coding: here if it is small, else on another thread while the request waits.
    ///
    /// - Parameters:
    ///   - work: gets the content; nothing of the visit, as it may run anywhere.
    ///   - then: called on the loop with what the work answered.
    func withContent<Value: Sendable>(
        _ limits: PolicyLimits, work: @escaping @Sendable ([UInt8]) -> Value, then: @escaping (Value) -> StageOutcome
    ) -> StageOutcome {
        let bytes = body ?? []
        let coding = value(of: .contentEncoding)
        let limit = limits.contentBytes
        let decode: @Sendable () -> Result<Value, ContentCoding.Failure> = {
            do throws(ContentCoding.Failure) {
                return .success(work(try ContentCoding.decoded(bytes, coding: coding, limit: limit)))
            } catch { return .failure(error) }
        }
        let flow = flow
        let finish: (Result<Value, ContentCoding.Failure>) -> StageOutcome = { result in
            switch result {
            case .success(let value): then(value)
            case .failure(let failure): .refused(.unreadableBody(failure, flow))
            }
        }
        // Packed bodies may be many times larger than they look.
        guard bytes.count > limits.loopBytes || coding != nil && bytes.count > limits.loopBytes / 16 else {
            return finish(decode())
        }
        return .waits(
            Errand("the work on the body", timeoutMilliseconds: limits.workMilliseconds, work: { decode() }) { result in
                switch result {
                case .success(let outcome): finish(outcome)
                case .failure(let error): .refused(.errandFailed("the work on the body", error))
                }
            })
    }
}

extension FieldName {
    /// Fields whose values depend on the very bytes of the body (RFC 9530, RFC 1864), as far as their names are tokens.
    static let digests = ["Digest", "Content-Digest", "Repr-Digest", "Content-MD5"].compactMap { FieldName($0) }
}

extension Refusal {
    /// The policies need a body that cannot be read.
    static func unreadableBody(_ failure: ContentCoding.Failure, _ flow: PolicyFlow) -> Refusal {
        let description =
            switch failure {
            case .unknown: "The content coding of the body is neither gzip nor deflate"
            case .broken: "The body is not in the content coding that it names"
            case .tooLarge: "The body is too large when it is unpacked"
            }
        guard flow == .request else {
            return Refusal(
                code: 101_510, status: 502, message: "Runtime Error", description: description, shape: .fault)
        }
        let status: Int32 =
            switch failure {
            case .unknown: 415
            case .broken: 400
            case .tooLarge: 413
            }
        return Refusal(code: status, status: status, message: "Bad Request", description: description)
    }

    /// A body that a policy had to read is not what its type says; the code of messages that cannot be parsed.
    static func unparsableBody(_ reason: String, _ flow: PolicyFlow) -> Refusal {
        Refusal(
            code: 601_000, status: flow == .request ? 400 : 502, message: "Runtime Error", description: reason, shape: .fault)
    }
}
