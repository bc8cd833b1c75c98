/// The head of a request as it goes to the upstream.
package typealias RequestDraft = MessageDraft<RequestHead>

extension MessageDraft<RequestHead> {
    /// The method towards the upstream.
    package var method: [UInt8] { Array(methodBytes) }

    /// The same in the draft's memory, until that changes.
    var methodBytes: UnsafeRawBufferPointer { bytes(head.method) }

    /// Changes the method; answers false, and changes nothing, if it is no token.
    @discardableResult
    package func setMethod(_ method: String) -> Bool {
        guard let name = FieldName(method) else { return false }
        head.method = append(name.bytes)
        // RFC 9110 §8.6: of these an upstream expects to hear that there is no content; some ask for the length otherwise.
        if head.body == .none, ["POST", "PUT", "PATCH"].contains(method) { set(.contentLength, to: Array("0".utf8)) }
        return true
    }
}

extension Exchange {
    /// The request as it goes to the upstream, ready to be changed. Fields that the gateway keeps to itself are not in it.
    package func editRequest(_ head: RequestHead) -> RequestDraft {
        if let requestDraft { return requestDraft }
        let draft = RequestDraft(copying: head)
        for index in draft.head.fields.indices.prefix(64) where removedFields & (1 << UInt64(index)) != 0 {
            draft.head.fields[index].known = .removed
        }
        draft.add(lines: Array(addedRequestLines))
        addedRequestLines.removeAll()
        if removesKeyParameters {
            let others = OutputBuffer(capacity: Int(suffix.count))
            KeyParameters.append(draft.bytes(suffix), withoutKeysTo: others)
            suffix = draft.append(Array(others.bytes))
            removesKeyParameters = false
        }
        requestDraft = draft
        return draft
    }

    /// The path below the API's context as it goes to the upstream, behind the upstream's own path.
    package func upstreamPath(_ draft: RequestDraft) -> [UInt8] { Array(draft.bytes(suffix).prefix { $0 != 0x3F }) }

    /// The query as it goes to the upstream, without question mark; nil for none.
    package func upstreamQuery(_ draft: RequestDraft) -> [UInt8]? {
        let target = draft.bytes(suffix)
        return target.firstIndex(of: 0x3F).map { Array(target[($0 + 1)...]) }
    }

    /// Changes path and query; bytes that no target may hold (RFC 9112 §3.2) are percent-encoded.
    package func setUpstreamTarget(path: [UInt8], query: [UInt8]?, _ draft: RequestDraft) {
        var target = Self.encoded(path, isQuery: false)
        if let query { target += [0x3F] + Self.encoded(query, isQuery: true) }
        suffix = draft.append(target)
    }

    private static func encoded(_ bytes: [UInt8], isQuery: Bool) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte -> [UInt8] in
            let isPlain = byte > 0x20 && byte < 0x7F && byte != 0x23 && (isQuery || byte != 0x3F)
            return isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
