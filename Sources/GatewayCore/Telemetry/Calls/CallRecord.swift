import Model

/// What an API log tells of a call, gathered while the call passes.
final class CallRecord {
    let level: APILogLevel
    private let limit: Int
    /// Request line and fields as they went to the upstream.
    private(set) var upstreamHead: [UInt8] = []
    /// Status line and fields as the upstream sent them.
    private(set) var responseHead: [UInt8] = []
    /// Status line and fields as the client got them.
    private(set) var answerHead: [UInt8] = []
    private(set) var requestBody: [UInt8] = []
    private(set) var responseBody: [UInt8] = []

    /// - Parameter limit: bytes of a body that are kept.
    init(level: APILogLevel, limit: Int) {
        self.level = level
        self.limit = limit
    }

    private var keepsHeads: Bool { level >= .standard }
    var keepsBodies: Bool { level == .full }

    /// A head went to the upstream; of several tries the last one counts.
    func noteUpstreamHead(_ bytes: UnsafeRawBufferPointer) { if keepsHeads { upstreamHead = Array(bytes) } }

    func noteResponse(_ response: ResponseHead) {
        guard keepsHeads else { return }
        responseHead = []
        for field in response.fields {
            responseHead += response.bytes(field.name)
            responseHead += Array(": ".utf8)
            responseHead += response.bytes(field.value)
            responseHead += Array("\r\n".utf8)
        }
    }

    /// An answer went to the client, from `start` on; a body behind its head is left out.
    func noteAnswer(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        guard keepsHeads else { return }
        let answer = bytes[start...]
        let end = answer.indices.first { answer[$0...].starts(with: Self.headEnd) } ?? answer.endIndex
        answerHead = Array(answer[..<end])
    }

    private static let headEnd = Array("\r\n\r\n".utf8)

    func noteRequestBody(_ bytes: UnsafeRawBufferPointer) { keep(bytes, in: &requestBody) }
    func noteResponseBody(_ bytes: UnsafeRawBufferPointer) { keep(bytes, in: &responseBody) }

    private func keep(_ bytes: UnsafeRawBufferPointer, in body: inout [UInt8]) {
        if keepsBodies { body += bytes.prefix(max(0, limit - body.count)) }
    }

    /// The part of a body that was collected which is logged.
    func part(_ body: [UInt8]) -> ArraySlice<UInt8> { body.prefix(limit) }
}
