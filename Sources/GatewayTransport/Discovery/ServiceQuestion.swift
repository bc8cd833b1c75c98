/// The question for the SRV records of a name, as a message of the domain name system (RFC 1035 §4).
enum ServiceQuestion {
    static let type: UInt16 = 33
    private static let internet: UInt16 = 1

    /// `nil` if the text is no domain name.
    static func message(_ name: String, id: UInt16) -> [UInt8]? {
        guard let labels = labels(name) else { return nil }
        var message = bytes(id) + bytes(0x0100) + bytes(1) + bytes(0) + bytes(0) + bytes(1)
        message += labels + bytes(type) + bytes(internet)
        // The longest answer that is taken in one datagram (RFC 6891).
        return message + [0] + bytes(41) + bytes(1232) + [0, 0, 0, 0] + bytes(0)
    }

    private static func labels(_ name: String) -> [UInt8]? {
        var output: [UInt8] = []
        for label in name.split(separator: ".") {
            guard label.utf8.count < 64 else { return nil }
            output.append(UInt8(label.utf8.count))
            output += Array(label.utf8)
        }
        guard !output.isEmpty, output.count < 255 else { return nil }
        return output + [0]
    }

    private static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}
