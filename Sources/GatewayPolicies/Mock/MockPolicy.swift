import GatewayCore
import Model

/// Answers in the place of a backend, as the last policy of a request (`docs/endpoints.md`).
struct MockPolicy: FlowPolicy {
    /// An answer, ready to be sent.
    private struct Answer {
        let status: Int32
        /// Lower case, without parameters.
        let mediaType: String
        let headerLines: [UInt8]
        let body: [UInt8]
    }

    private let answers: [Answer]

    init(_ mock: GatewayMock) {
        answers = mock.responses.filter { (200...599).contains($0.status) }.map { response in
            let type = response.mediaType.isEmpty ? [] : Self.line("Content-Type", response.mediaType)
            let others = response.headers.sorted { $0.key < $1.key }.flatMap { Self.line($0.key, $0.value) }
            return Answer(
                status: Int32(response.status), mediaType: Self.essence(response.mediaType), headerLines: type + others,
                body: Array(response.body.utf8))
        }
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let answer = answer(to: visit) else { return .refused(.noMockAnswer) }
        visit.exchange.answer.status = answer.status
        visit.exchange.answer.headerLines += answer.headerLines
        visit.exchange.answer.body += answer.body
        return .answered
    }

    /// The status by the query parameter `responseCode`, the media type by `Accept`; the first where they name nothing that is there.
    private func answer(to visit: PolicyVisit) -> Answer? {
        let query = visit.request.flatMap { visit.exchange.upstreamQuery($0) } ?? []
        let wanted = QueryCoding.parameters(of: query).first { $0.name.elementsEqual("responseCode".utf8) }
            .flatMap { Int32(String(decoding: $0.value, as: UTF8.self)) }
        let status = answers.first { $0.status == wanted }?.status ?? answers.first?.status
        let candidates = answers.filter { $0.status == status }
        let accepted = visit.value(of: .accept).map { AcceptedTypes(String(decoding: $0, as: UTF8.self)) }
        return accepted?.ranges.lazy.compactMap { range in candidates.first { range.includes($0.mediaType) } }.first
            ?? candidates.first
    }

    /// A complete header line; nothing for what cannot be one.
    private static func line(_ name: String, _ value: String) -> [UInt8] {
        guard FieldName(name) != nil, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return [] }
        return Array("\(name): \(value)\r\n".utf8)
    }

    private static func essence(_ mediaType: String) -> String {
        String(mediaType.prefix { $0 != ";" && $0 != " " }).lowercased()
    }
}

/// The value of `Accept` (RFC 9110 §12.5.1).
struct AcceptedTypes {
    struct Range {
        let text: String
        let quality: Double

        func includes(_ mediaType: String) -> Bool {
            text == "*/*" || text == mediaType || text.hasSuffix("/*") && mediaType.hasPrefix(text.dropLast())
        }
    }

    /// The best first; those of one quality in the order in which they are named.
    let ranges: [Range]

    init(_ value: String) {
        let named = value.split(separator: ",").map { part in
            let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return Range(text: pieces.first ?? "", quality: quality)
        }
        ranges = named.enumerated().filter { $0.element.quality > 0 }
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }.map(\.element)
    }
}

extension Refusal {
    static let noMockAnswer = Refusal(
        code: 500, status: 500, message: "Runtime Error", description: "The mock implementation has no answer", shape: .fault)
}
