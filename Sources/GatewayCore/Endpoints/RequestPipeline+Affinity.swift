import Model

extension RequestPipeline {
    /// The endpoint at which the client is kept, if it is ready; `nil` if there is none yet.
    func keptEndpoint(
        of group: CompiledEndpointGroup, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Int32? {
        switch group.affinity?.kind {
        case nil: return nil
        case .client: return group.endpoint(forClient: exchange.clientAddress.bytes, nowMilliseconds: call.now)
        case .cookie:
            guard let mark = AffinityCookie.mark(in: head),
                let index = group.endpoints.firstIndex(where: { $0.mark == mark }),
                group.endpoints[index].state.isReady(nowMilliseconds: call.now)
            else { return nil }
            return Int32(index)
        }
    }

    /// Has the client come back to its endpoint with its next requests.
    func keep(
        _ endpoint: CompiledEndpoint, _ affinity: GatewayAffinity?, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) {
        guard let affinity, affinity.kind == .cookie else { return }
        exchange.addedResponseLines += AffinityCookie.line(
            endpoint.mark, path: api.context, seconds: affinity.timeoutMilliseconds / 1000, isSecure: call.isTLS)
    }
}

extension CompiledEndpointGroup {
    /// Each client has an order of all endpoints of its own (rendezvous hashing): when one goes, its clients spread over the others and
    /// nobody else moves. All loops and gateways come to the same order without talking to each other.
    func endpoint(forClient address: UnsafeRawBufferPointer, nowMilliseconds: Int64) -> Int32? {
        var best: Int32?
        var bestScore: UInt64 = 0
        for (index, endpoint) in endpoints.enumerated() where endpoint.state.isReady(nowMilliseconds: nowMilliseconds) {
            let score = StableHash.mixed(StableHash.of(address, endpoint.mark))
            if best == nil || score > bestScore {
                best = Int32(index)
                bestScore = score
            }
        }
        return best
    }
}

/// The cookie that names a client's endpoint. It holds no secret: a client that changes it chooses another of the API's endpoints.
enum AffinityCookie {
    static let name = "MARTLET_ENDPOINT"

    /// The endpoint that the request's cookie names.
    static func mark(in head: RequestHead) -> UInt64? {
        for field in head.fields where field.known == .cookie {
            let value = head.bytes(field.value)
            var mark: UInt64?
            forEachPair(of: value) { pair in
                guard pair.count == prefix.count + 16, pair.starts(with: prefix) else { return }
                mark = UInt64(String(decoding: pair.dropFirst(prefix.count), as: UTF8.self), radix: 16)
            }
            if let mark { return mark }
        }
        return nil
    }

    private static let prefix = Array((name + "=").utf8)

    private static func forEachPair(of cookies: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start < cookies.count {
            let end = cookies[start...].firstIndex(of: 0x3B) ?? cookies.count
            body(Bytes.trimmed(UnsafeRawBufferPointer(rebasing: cookies[start..<end])))
            start = end + 1
        }
    }

    static func line(_ mark: UInt64, path: [UInt8], seconds: Int, isSecure: Bool) -> [UInt8] {
        let digits = String(mark, radix: 16)
        let value = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        let path = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
        let secure = isSecure ? "; Secure" : ""
        return Array(
            "Set-Cookie: \(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)\r\n".utf8)
    }
}
