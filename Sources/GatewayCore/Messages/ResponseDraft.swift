/// The head of an answer as it goes to the client.
package typealias ResponseDraft = MessageDraft<ResponseHead>

extension MessageDraft<ResponseHead> {
    /// An answer without fields.
    fileprivate static func empty() -> ResponseDraft {
        let bytes = OutputBuffer(capacity: 64)
        let fields = FieldTable()
        return withExtendedLifetime((bytes, fields)) { ResponseDraft(copying: ResponseHead(base: bytes.start, fields: fields)) }
    }

    package var status: Int32 { head.status }

    /// Changes the status; only final ones (200…599) count.
    package func setStatus(_ status: Int32) {
        guard (200...599).contains(status), status != head.status else { return }
        head.status = status
        head.reason = append(Array(AnswerWriter.reason(of: status).bytes))
    }

    /// Has the head know whether it has a date, which policies may have changed.
    func noteDate() { head.hasDate = head.fields.contains { $0.known == .date } }

    /// Whether the status allows a body (RFC 9110 §6.4.1).
    var allowsBody: Bool { head.status >= 200 && head.status != 204 && head.status != 304 }
}

extension StaticString {
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}

extension Exchange {
    /// Makes the draft of the upstream's answer, together with the lines that the gateway adds.
    func draftResponse(_ response: ResponseHead) {
        let draft = ResponseDraft(copying: response)
        draft.add(lines: Array(addedResponseLines), unlessPresent: true)
        noteDraftedLines()
        responseDraft = draft
    }

    private func noteDraftedLines() {
        draftedLines = Array(addedResponseLines)
        addedResponseLines.removeAll()
    }

    /// Makes the gateway's own answer, complete as it is, the draft of one that has come from elsewhere.
    func draftAnswer(nowMilliseconds: Int64) {
        let draft = ResponseDraft.empty()
        draft.head.status = answer.status
        draft.head.reason = draft.append(Array(AnswerWriter.reason(of: answer.status).bytes))
        draft.head.contentLength = Int64(answer.body.count)
        draft.add(lines: answer.headerLines)
        draft.add(lines: Array(addedResponseLines), unlessPresent: true)
        // RFC 9110 §6.6.1.
        draft.set(.date, to: Array(CalendarDate(milliseconds: nowMilliseconds).httpDate.utf8))
        noteDraftedLines()
        responseDraft = draft
        responseBody = answer.body
        answer.reset()
    }

    /// Has the gateway's own answer changed as a draft.
    func editAnswer(_ change: (ResponseDraft) -> Void) {
        let draft = ResponseDraft.empty()
        draft.head.status = answer.status
        draft.add(lines: answer.headerLines)
        draft.add(lines: Array(addedResponseLines), unlessPresent: true)
        responseDraft = draft
        responseBody = answer.body
        change(draft)
        answer.status = draft.status
        answer.headerLines = draft.fields.flatMap { $0.name + Array(": ".utf8) + $0.value + Array("\r\n".utf8) }
        answer.body = responseBody ?? []
        addedResponseLines.removeAll()
        responseDraft = nil
        responseBody = nil
    }
}
