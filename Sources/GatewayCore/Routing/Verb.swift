/// The verbs that an operation can have. Others match no operation.
enum Verb: UInt8, CaseIterable, Sendable {
    case get, post, put, delete, patch, head, options, trace

    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 3:
            if Bytes.equal(bytes, "GET") { self = .get } else if Bytes.equal(bytes, "PUT") { self = .put } else { return nil }
        case 4:
            if Bytes.equal(bytes, "POST") {
                self = .post
            } else if Bytes.equal(bytes, "HEAD") {
                self = .head
            } else {
                return nil
            }
        case 5:
            if Bytes.equal(bytes, "PATCH") {
                self = .patch
            } else if Bytes.equal(bytes, "TRACE") {
                self = .trace
            } else {
                return nil
            }
        case 6: if Bytes.equal(bytes, "DELETE") { self = .delete } else { return nil }
        case 7: if Bytes.equal(bytes, "OPTIONS") { self = .options } else { return nil }
        default: return nil
        }
    }

    init?(name: String) {
        let bytes = Array(name.uppercased().utf8)
        guard let verb = bytes.withUnsafeBytes({ Verb($0) }) else { return nil }
        self = verb
    }

    /// In upper case.
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .head: "HEAD"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        }
    }

    /// Whether refusals of such a request are always JSON, as it has no body whose type they could follow.
    var hasNoBody: Bool {
        switch self {
        case .post, .put, .patch: false
        default: true
        }
    }
}
