/// Reads answers of the domain name system (RFC 1035 §4) as far as SRV records go. Whatever does not fit is no answer; nothing is read
/// outside of the message, and no name is followed in circles.
struct ServiceAnswer {
    private let message: [UInt8]
    private var position = 0

    private init(_ message: [UInt8]) { self.message = message }

    /// The records of an answer to the question with this number; empty if the name has none, `nil` for what is no answer to it.
    static func records(_ message: [UInt8], id: UInt16) -> [ServiceRecord]? {
        var reader = ServiceAnswer(message)
        return reader.read(id: id)
    }

    private mutating func read(id: UInt16) -> [ServiceRecord]? {
        guard number() == id, let flags = number(), flags & 0x8000 != 0, let questions = number(), let answers = number(),
            number() != nil, number() != nil
        else { return nil }
        // 0: found, 3: no such name. Everything else is a failure of the server.
        guard [0, 3].contains(flags & 0xF) else { return nil }
        for _ in 0..<questions { guard name() != nil, number() != nil, number() != nil else { return nil } }
        var records: [ServiceRecord] = []
        for _ in 0..<answers {
            guard name() != nil, let type = number(), number() != nil, let high = number(), let low = number(),
                let length = number(), position + Int(length) <= message.count
            else { return nil }
            let end = position + Int(length)
            if type == ServiceQuestion.type, let record = record(timeToLive: UInt32(high) << 16 | UInt32(low)) {
                records.append(record)
            }
            position = end
        }
        return records
    }

    /// A target of `.` says that there is no such service.
    private mutating func record(timeToLive: UInt32) -> ServiceRecord? {
        guard let priority = number(), let weight = number(), let port = number(), let target = name(), !target.isEmpty else {
            return nil
        }
        return ServiceRecord(priority: priority, weight: weight, port: port, target: target, timeToLive: timeToLive)
    }

    private mutating func number() -> UInt16? {
        guard position + 2 <= message.count else { return nil }
        defer { position += 2 }
        return UInt16(message[position]) << 8 | UInt16(message[position + 1])
    }

    /// A name, which may go on elsewhere in the message; each jump leads further to the front, so there is an end.
    private mutating func name() -> String? {
        var labels: [String] = []
        var place = position
        var hasJumped = false
        while place < message.count {
            let length = Int(message[place])
            if length == 0 {
                if !hasJumped { position = place + 1 }
                return labels.joined(separator: ".")
            }
            if length & 0xC0 == 0xC0 {
                guard place + 1 < message.count else { return nil }
                let next = (length & 0x3F) << 8 | Int(message[place + 1])
                if !hasJumped { position = place + 2 }
                guard next < place else { return nil }
                hasJumped = true
                place = next
                continue
            }
            guard length < 64, place + 1 + length <= message.count, labels.count < 128 else { return nil }
            labels.append(String(decoding: message[(place + 1)..<(place + 1 + length)], as: UTF8.self))
            place += 1 + length
        }
        return nil
    }
}
