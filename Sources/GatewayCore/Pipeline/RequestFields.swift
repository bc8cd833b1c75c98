/// Where the fields that the pipeline reads lie in a head; found in one pass.
struct RequestFields {
    private(set) var authorization: Int = -1
    /// Keys without a value are none: clients that have no key often send the field all the same.
    private(set) var apiKey: Int = -1
    private(set) var internalKey: Int = -1
    private(set) var activityID: Int = -1
    /// A test key with which the request is to be traced (`Martlet-Trace`).
    private(set) var trace: Int = -1
    private(set) var origin: Int = -1
    private(set) var requestMethod: Int = -1
    private(set) var forwardedFor: Int = -1
    private(set) var contentType: Int = -1
    private(set) var userAgent: Int = -1
    private(set) var referer: Int = -1
    /// Bits of all fields that carry credentials of the gateway or are its own business, see `Exchange.removedFields`.
    private(set) var internalBits: UInt64 = 0
    private(set) var authorizationBits: UInt64 = 0
    private(set) var apiKeyBits: UInt64 = 0
    /// A field with a credential lies too far behind to be removed.
    private(set) var hasLateCredential = false

    init(_ head: RequestHead) {
        var index = 0
        for field in head.fields {
            note(field, index, head)
            index &+= 1
        }
    }

    @inline(__always)
    private mutating func note(_ field: HeaderField, _ index: Int, _ head: RequestHead) {
        let bit: UInt64 = index < 64 ? 1 << UInt64(index) : 0
        switch field.known {
        case .authorization:
            if authorization < 0 { authorization = index }
            authorizationBits |= bit
            if bit == 0 { hasLateCredential = true }
        case .apiKey:
            if apiKey < 0, !field.value.isEmpty { apiKey = index }
            apiKeyBits |= bit
            if bit == 0 { hasLateCredential = true }
        case .internalKey:
            if internalKey < 0, !field.value.isEmpty { internalKey = index }
            internalBits |= bit
            if bit == 0 { hasLateCredential = true }
        case .trace:
            if trace < 0 { trace = index }
            internalBits |= bit
            if bit == 0 { hasLateCredential = true }
        case .activityID: if activityID < 0 { activityID = index }
        case .origin: if origin < 0 { origin = index }
        case .accessControlRequestMethod: if requestMethod < 0 { requestMethod = index }
        case .xForwardedFor: if forwardedFor < 0 { forwardedFor = index }
        case .contentType: if contentType < 0 { contentType = index }
        case .userAgent: if userAgent < 0 { userAgent = index }
        case .referer: if referer < 0 { referer = index }
        case .other:
            if field.name.count == 27, Bytes.equalIgnoringCase(head.bytes(field.name), "wso2_am_api_default_version") {
                internalBits |= bit
            }
        default: break
        }
    }

    /// The bytes of a field's value; empty if there is no such field.
    static func value(_ index: Int, _ head: RequestHead) -> UnsafeRawBufferPointer {
        index < 0 ? UnsafeRawBufferPointer(start: nil, count: 0) : head.bytes(head.fields[index].value)
    }

    /// Whether a field of a name, given in lower case, lies too far behind to be removed.
    static func isLate(_ name: [UInt8], _ head: RequestHead) -> Bool {
        guard head.fields.count > 64 else { return false }
        return head.fields[64...].contains { Bytes.equalIgnoringCase(head.bytes($0.name), name) }
    }

    /// The first field of a name, given in lower case, and the bits of all of them.
    static func find(_ name: [UInt8], _ head: RequestHead) -> (index: Int, bits: UInt64)? {
        var found = -1
        var bits: UInt64 = 0
        for (index, field) in head.fields.enumerated() where Bytes.equalIgnoringCase(head.bytes(field.name), name) {
            if found < 0 { found = index }
            if index < 64 { bits |= 1 << UInt64(index) }
        }
        // One behind the fields that can be removed counts as absent, so that no credential goes on to the upstream unseen.
        return found >= 0 && found < 64 ? (found, bits) : nil
    }
}
