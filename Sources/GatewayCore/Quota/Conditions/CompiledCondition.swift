import Model

/// What conditions look at.
struct ConditionSubject {
    let head: RequestHead
    let clientAddress: UnsafeRawBufferPointer
    let credential: Credential
    let api: CompiledAPI
    let application: CompiledApplication?
}

/// One condition of a conditional group. What a request does not have fails the test, and so meets an inverted condition.
struct CompiledCondition: Sendable {
    private enum Test: Sendable {
        case address(AddressSpan)
        /// Name in lower case.
        case header([UInt8], TextPattern)
        case queryParameter([UInt8], TextPattern)
        case claim(String, TextPattern)
    }

    private let test: Test
    private let isInverted: Bool

    /// `nil` for a kind that is switched off and for what cannot be read.
    init?(_ condition: ThrottlingCondition, _ kinds: ConditionKinds) {
        guard let test = Self.test(condition.test, kinds) else { return nil }
        self.test = test
        isInverted = condition.isInverted
    }

    private static func test(_ test: ThrottlingCondition.Test, _ kinds: ConditionKinds) -> Test? {
        switch test {
        case .address(let address): return AddressSpan(address).map(Test.address)
        case .addressRange(let from, let to): return AddressSpan(from: from, to: to).map(Test.address)
        case .header(let name, let value):
            guard kinds.header, let pattern = TextPattern(value) else { return nil }
            return .header(Array(name.lowercased().utf8), pattern)
        case .queryParameter(let name, let value):
            guard kinds.queryParameter, let pattern = TextPattern(value) else { return nil }
            return .queryParameter(Array(name.utf8), pattern)
        case .claim(let name, let value):
            guard kinds.claim, let pattern = TextPattern(value) else { return nil }
            return .claim(name, pattern)
        }
    }

    func isMet(by request: ConditionSubject) -> Bool { holds(request) != isInverted }

    private func holds(_ request: ConditionSubject) -> Bool {
        switch test {
        case .address(let span): IPAddress(request.clientAddress).map(span.contains) ?? false
        case .header(let name, let pattern):
            request.head.fields.contains { field in
                Bytes.equalIgnoringCase(request.head.bytes(field.name), name)
                    && pattern.occurs(in: request.head.bytes(field.value))
            }
        case .queryParameter(let name, let pattern):
            QueryParameters.contains(name, in: request.head.bytes(request.head.query)) { pattern.occurs(in: $0) }
        case .claim(let name, let pattern):
            ClaimValues.values(of: name, request).contains { value in
                Array(value.utf8).withUnsafeBytes { pattern.occurs(in: $0) }
            }
        }
    }
}
