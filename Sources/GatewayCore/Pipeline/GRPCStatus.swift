/// How refusals are told to clients of gRPC, which know statuses of their own (`docs/grpc.md`).
enum GRPCStatus: Int64 {
    case unknown = 2
    case deadlineExceeded = 4
    case permissionDenied = 7
    case resourceExhausted = 8
    case unimplemented = 12
    case internalError = 13
    case unavailable = 14
    case unauthenticated = 16

    init(_ refusal: Refusal) {
        self =
            switch refusal.code {
            case UpstreamFailure.timedOut.rawValue: .deadlineExceeded
            case UpstreamFailure.sendFailed.rawValue..<101_600, UpstreamFailure.suspended.rawValue, 303_000: .unavailable
            default: Self.of(httpStatus: refusal.status)
            }
    }

    private static func of(httpStatus: Int32) -> GRPCStatus {
        switch httpStatus {
        case 401: .unauthenticated
        case 403: .permissionDenied
        case 404, 405, 501, 505: .unimplemented
        case 408, 504: .deadlineExceeded
        case 413, 429, 431: .resourceExhausted
        case 400, 414, 417: .internalError
        case 502, 503: .unavailable
        default: .unknown
        }
    }

    /// Whether a message of this type is one of gRPC. `application/grpc-web` is not: its clients read HTTP statuses.
    static func isType(_ contentType: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "application/grpc"
        guard Bytes.firstIndex(of: name, inAnyCase: UnsafeRawBufferPointer(rebasing: contentType.prefix(16))) == 0 else {
            return false
        }
        return contentType.count == 16 || contentType[16] == 0x2B || contentType[16] == 0x3B || contentType[16] == 0x20
    }

    /// A text as `grpc-message` carries it: percent-encoded but for visible ASCII and blanks.
    static func message(_ text: String) -> String {
        text.utf8.reduce(into: "") { output, byte in
            if (0x20...0x7E).contains(byte), byte != 0x25 {
                output.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                output += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}
