/// Bytes of an upstream go through a gateway; what the client gets is read by a strict reader.
enum ResponseTarget {
    /// The lowest bits of the first byte say what was asked, the others in pieces of which size the answer arrives.
    static func run(_ input: [UInt8]) throws(FuzzFinding) {
        guard let control = input.first else { return }
        let isHead = control & 1 != 0
        let isOld = control & 2 != 0
        let size = control >> 2 == 0 ? Int.max : Int(control >> 2)
        let exercise = WireExercise()
        let host = "Host: gateway\r\n\(isOld ? "Connection: keep-alive\r\n" : "")"
        let line = "\(isHead ? "HEAD" : "GET") \(WireScenery.context)/x HTTP/1.\(isOld ? 0 : 1)"
        try exercise.client(Array("\(line)\r\n\(host)\r\n".utf8))
        var rest = input.dropFirst()
        while !rest.isEmpty, exercise.hasUpstream {
            try exercise.upstream(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        try exercise.upstreamCloses()
        try check(exercise, isHead: isHead)
        try exercise.end()
    }

    /// Interim answers, and one final one. Only a connection that is closed may leave it incomplete.
    private static func check(_ exercise: WireExercise, isHead: Bool) throws(FuzzFinding) {
        var bytes = exercise.toClient
        while let message = try StrictMessage(.answer(toHead: isHead), bytes) {
            bytes.removeFirst(message.count)
            guard message.status >= 200 else { continue }
            try FuzzFinding.require(bytes.isEmpty, "bytes follow an answer that has ended")
            try FuzzFinding.require(
                !message.isUntilClose || exercise.isClosed, "an answer without end on a connection that is kept")
            return
        }
        try FuzzFinding.require(exercise.isClosed, "an answer that is cut off, and the client cannot know")
    }
}
