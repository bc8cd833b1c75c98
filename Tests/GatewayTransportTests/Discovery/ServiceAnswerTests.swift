import Testing

@testable import GatewayTransport

@Suite("Messages of the domain name system")
struct ServiceAnswerTests {
    private static let name = "_shop._tcp.example.com"

    @Test("an answer tells the places of a service")
    func reads() throws {
        let message = try NameServerMessage.answer(
            Self.name, id: 7, [(10, 5, 8080, "a.example.com", 60), (20, 0, 81, "b.example.com", 30)])
        #expect(
            ServiceAnswer.records(message, id: 7) == [
                ServiceRecord(priority: 10, weight: 5, port: 8080, target: "a.example.com", timeToLive: 60),
                ServiceRecord(priority: 20, weight: 0, port: 81, target: "b.example.com", timeToLive: 30),
            ])
        #expect(ServiceAnswer.records(message, id: 8) == nil)
    }

    @Test("a question is no answer, and a name without records has none")
    func empty() throws {
        #expect(ServiceAnswer.records(try #require(ServiceQuestion.message(Self.name, id: 7)), id: 7) == nil)
        #expect(ServiceAnswer.records(try NameServerMessage.answer(Self.name, id: 7, [], code: 3), id: 7) == [])
        #expect(ServiceAnswer.records(try NameServerMessage.answer(Self.name, id: 7, [], code: 2), id: 7) == nil)
        #expect(ServiceAnswer.records(try NameServerMessage.answer(Self.name, id: 7, [(0, 0, 0, "", 1)]), id: 7) == [])
    }

    @Test("names may refer to earlier ones, but not in circles")
    func compressed() throws {
        let plain = try NameServerMessage.answer(Self.name, id: 7, [(1, 1, 80, "x", 60)])
        // The target becomes a reference to the name in the question, at 12.
        var message = Array(plain.dropLast(3))
        let length = message.count - 6 - 1
        message[length] = 8
        #expect(ServiceAnswer.records(message + [0xC0, 12], id: 7)?.first?.target == Self.name)
        let here = message.count
        #expect(ServiceAnswer.records(message + [0xC0, UInt8(here)], id: 7) == [])
    }

    @Test("whatever comes, nothing breaks")
    func fuzz() throws {
        let whole = try NameServerMessage.answer(Self.name, id: 7, [(10, 5, 8080, "a.example.com", 60)])
        for count in 0..<whole.count { #expect(ServiceAnswer.records(Array(whole[..<count]), id: 7) == nil) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var message = whole
            for _ in 0..<3 {
                message[Int.random(in: 2..<message.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = ServiceAnswer.records(message, id: 7)
        }
    }

    @Test("the lowest priority counts, and among its records the weight")
    func chooses() {
        func record(_ priority: UInt16, _ weight: UInt16, _ name: String) -> ServiceRecord {
            ServiceRecord(priority: priority, weight: weight, port: 1, target: name, timeToLive: 1)
        }
        let records = [record(2, 100, "c"), record(1, 3, "a"), record(1, 1, "b")]
        let chosen = (0..<640).map { records.choose(random: UInt64($0))?.target }
        #expect(chosen.count { $0 == "a" } == 480 && chosen.count { $0 == "b" } == 160)
        #expect([ServiceRecord]().choose(random: 1) == nil)
    }

    @Test("name servers are read from the system's file")
    func servers() {
        let text = "# c\nsearch x\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver\nnameserver x\n"
        #expect(NameServers.parse(text).map(\.ipAddress) == ["192.0.2.1", "fe80::1"])
    }
}

/// Answers as a name server would send them.
enum NameServerMessage {
    typealias Place = (priority: UInt16, weight: UInt16, port: UInt16, target: String, seconds: UInt32)

    static func answer(_ name: String, id: UInt16, _ places: [Place], code: UInt16 = 0) throws -> [UInt8] {
        var message = bytes(id) + bytes(0x8180 | code) + bytes(1) + bytes(UInt16(places.count)) + bytes(0) + bytes(0)
        message += labels(name) + bytes(33) + bytes(1)
        for place in places {
            let data = bytes(place.priority) + bytes(place.weight) + bytes(place.port) + labels(place.target)
            message +=
                [0xC0, 12] + bytes(33) + bytes(1) + bytes(UInt16(place.seconds >> 16)) + bytes(UInt16(place.seconds & 0xFFFF))
            message += bytes(UInt16(data.count)) + data
        }
        return message
    }

    private static func labels(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}
