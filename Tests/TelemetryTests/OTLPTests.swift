import Testing

@testable import Telemetry

@Suite("Spans in OTLP")
struct OTLPTests {
    /// Fields of a message by number, as the reader of a collector sees them.
    private struct Message {
        var numbers: [UInt64: [UInt64]] = [:]
        var bytes: [UInt64: [[UInt8]]] = [:]

        init(_ data: [UInt8]) throws {
            var rest = data[...]
            while !rest.isEmpty {
                let tag = try Self.varint(&rest)
                switch tag & 7 {
                case 0: numbers[tag >> 3, default: []].append(try Self.varint(&rest))
                case 1: numbers[tag >> 3, default: []].append(Self.fixed(&rest, 8))
                case 5: numbers[tag >> 3, default: []].append(Self.fixed(&rest, 4))
                case 2:
                    let count = Int(try Self.varint(&rest))
                    bytes[tag >> 3, default: []].append(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                default: throw Malformed()
                }
            }
        }

        struct Malformed: Error {}

        private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw Malformed() }
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            throw Malformed()
        }

        private static func fixed(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> UInt64 {
            let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(count)
            return value
        }

        func message(_ field: UInt64, _ index: Int = 0) throws -> Message {
            try Message(try #require(bytes[field]?[index]))
        }

        func text(_ field: UInt64) -> String? { bytes[field]?.first.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test("a request has the resource, the scope and every span")
    func request() throws {
        var server = TraceSpan(
            traceHigh: 0x0af7_6519_16cd_43dd, traceLow: 0x8448_eb21_1c80_319c, id: 1, parent: 0, name: "GET /x", kind: .server,
            start: 1_700_000_000_000_000_000, end: 1_700_000_000_025_000_000)
        server.attributes = [.init("url.path", ""), .init("http.response.status_code", 0), .init("offset", -1)]
        var client = server
        client.id = 2
        client.parent = 1
        client.kind = .client
        client.isError = true
        let bytes = OTLPTraces.request(
            [server, client], resource: [.init("service.name", "shop")], scope: ("martlet", "1.2"))
        let spans = try Message(bytes).message(1)
        let resource = try spans.message(1).message(1)
        #expect(resource.text(1) == "service.name")
        #expect(try resource.message(2).text(1) == "shop")
        let scope = try spans.message(2)
        #expect(try scope.message(1).text(1) == "martlet" && scope.message(1).text(2) == "1.2")
        let first = try scope.message(2)
        #expect(
            first.bytes[1] == [
                [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c]
            ])
        #expect(first.bytes[2] == [[0, 0, 0, 0, 0, 0, 0, 1]] && first.bytes[4] == nil)
        #expect(first.text(5) == "GET /x" && first.numbers[6] == [2] && first.numbers[16] == [1])
        #expect(first.numbers[7] == [1_700_000_000_000_000_000] && first.numbers[8] == [1_700_000_000_025_000_000])
        #expect(first.bytes[15] == nil && first.bytes[9]?.count == 3)
        // Values say their type also when they are empty or zero.
        #expect(try first.message(9, 0).message(2).bytes[1] == [[]])
        #expect(try first.message(9, 1).message(2).numbers[3] == [0])
        #expect(try first.message(9, 2).message(2).numbers[3] == [.max])
        let second = try scope.message(2, 1)
        #expect(second.bytes[4] == [[0, 0, 0, 0, 0, 0, 0, 1]] && second.numbers[6] == [3])
        #expect(try second.message(15).numbers[3] == [2])
    }

    private static func span(_ id: UInt64) -> TraceSpan {
        TraceSpan(traceHigh: 1, traceLow: 1, id: id, parent: 0, name: "x", kind: .server, start: 1, end: 2)
    }

    @Test("a queue keeps the order, is bounded, and counts what it drops")
    func queue() {
        let queue = SpanQueue(capacity: 3)
        queue.add([Self.span(1), Self.span(2)])
        queue.add([Self.span(3), Self.span(4)])
        #expect(queue.dropped == 2 && queue.count == 2)
        queue.add([Self.span(5)])
        let batch = queue.take(2)
        #expect(batch.map(\.id) == [1, 2])
        queue.add([Self.span(6)])
        queue.giveBack(batch)
        #expect(queue.take(.max).map(\.id) == [2, 5, 6] && queue.dropped == 3)
    }
}
