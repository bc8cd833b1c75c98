/// Bytes of a client go through a gateway; what comes out on the other side is read by a strict reader.
enum RequestTarget {
    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
    private static let chunkedHead = Array(
        "POST \(WireScenery.context)/x HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    /// The first byte says in pieces of which size the others arrive.
    static func run(_ input: [UInt8]) throws(FuzzFinding) {
        guard let control = input.first else { return }
        try compare(input.dropFirst(), pieces: control)
    }

    /// The same for what follows the head of a chunked request.
    static func runChunked(_ input: [UInt8]) throws(FuzzFinding) {
        guard let control = input.first else { return }
        try compare(chunkedHead + input.dropFirst(), pieces: control)
    }

    /// Bytes mean the same in whatever pieces they arrive.
    private static func compare(_ bytes: some Collection<UInt8>, pieces control: UInt8) throws(FuzzFinding) {
        let whole = try requests(of: Array(bytes), pieces: .max)
        guard control > 0 else { return }
        let pieces = try requests(of: Array(bytes), pieces: Int(control))
        try FuzzFinding.require(whole == pieces, "the upstream gets something else when the client's bytes come in pieces")
    }

    /// The requests that reach an upstream.
    static func requests(of bytes: [UInt8], pieces size: Int) throws(FuzzFinding) -> [[UInt8]] {
        let exercise = WireExercise()
        var requests: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty, !exercise.isClosed {
            try exercise.client(rest.prefix(size))
            rest = rest.dropFirst(size)
            while exercise.hasUpstream, let message = try StrictMessage(.request, exercise.toUpstream) {
                let request = exercise.takeRequest()
                try FuzzFinding.require(message.count == request.count, "bytes follow a request that has ended")
                try check(message)
                requests.append(request)
                try exercise.upstream(answer)
            }
        }
        try exercise.end()
        return requests
    }

    private static func check(_ message: StrictMessage) throws(FuzzFinding) {
        try FuzzFinding.require(message.values("host") == [Array("backend".utf8)], "a request whose host is not the upstream's")
        for name in ["connection", "keep-alive", "proxy-connection", "te", "upgrade"] {
            try FuzzFinding.require(message.values(name).isEmpty, "\(name) went on to the next hop")
        }
        let target = message.start[1]
        let prefix = Array(WireScenery.prefix.utf8)
        try FuzzFinding.require(target.starts(with: prefix), "a target beside the upstream's path")
        let rest = target.dropFirst(prefix.count)
        try FuzzFinding.require(rest.isEmpty || [0x2F, 0x3F].contains(rest.first), "a target beside the upstream's path")
        for segment in rest.prefix(while: { $0 != 0x3F }).split(separator: 0x2F) {
            let plain = String(decoding: segment, as: UTF8.self).lowercased().replacing("%2e", with: ".")
            try FuzzFinding.require(plain != "." && plain != "..", "a target that climbs out of the upstream's path")
        }
    }
}
