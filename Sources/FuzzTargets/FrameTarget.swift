/// Bytes of a client of HTTP/2 reach what reads its frames; the frames that come back are read by a strict reader.
enum FrameTarget {
    /// The preface with empty settings, and an acknowledgement of the gateway's.
    static let opening: [UInt8] =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 0, 4, 1, 0, 0, 0, 0]

    /// The lowest bit of the first byte says whether the opening is part of the input, the others in pieces of which size it arrives.
    static func run(_ input: [UInt8]) throws(FuzzFinding) {
        guard let control = input.first else { return }
        let bytes = (control & 1 == 0 ? opening : []) + input.dropFirst()
        let size = control >> 1 == 0 ? Int.max : Int(control >> 1)
        let exercise = try FrameExercise()
        var reader = StrictFrames(to: bytes)
        var rest = bytes[...]
        while !rest.isEmpty, !exercise.isClosed {
            try reader.read(exercise.client(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        try reader.read(exercise.end())
    }
}
