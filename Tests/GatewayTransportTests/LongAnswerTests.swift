import Foundation
import Testing

/// Answers so long that the epoll transport moves most of them without reading them.
@Suite(.timeLimit(.minutes(10)))
struct LongAnswerTests {
    private static let get = GatewayFixture.get

    private static func answer(_ letter: String, _ count: Int) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n" + String(repeating: letter, count: count)
    }

    /// Waits for the nth request of an upstream's connection.
    private static func wait(for count: Int, on upstream: RawConnection) async {
        await upstream.received.wait { $0.text.components(separatedBy: "\r\n\r\n").count > count }
    }

    @Test("long and short answers follow each other on one connection, each of them whole", arguments: WireTransport.allCases)
    func follow(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            var expected = 0
            let answers = [("a", 300_000), ("b", 120_000), ("c", 3), ("d", 20_000), ("e", 5_000), ("f", 120_000)]
            for (index, (letter, count)) in answers.enumerated() {
                try await client.send(Self.get)
                let upstream = await backend.connection(0)
                await Self.wait(for: index + 1, on: upstream)
                try await upstream.send(Self.answer(letter, count))
                expected += count
                let body = String(repeating: letter, count: count)
                let text = await client.received.wait { $0.text.hasSuffix(body) }.text
                #expect(text.components(separatedBy: "\r\n\r\n").count == index + 2)
            }
            #expect(await gateway.record.wait(for: answers.count).allSatisfy { $0 == .init(status: 200, errorCode: 0) })
        }
    }

    @Test("what has come of a long answer is passed on while the rest is not there", arguments: WireTransport.allCases)
    func pauses(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            let first = String(repeating: "a", count: 200_000)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + first)
            await client.received.wait { $0.text.hasSuffix("\r\n\r\n" + first) }
            try await upstream.send(String(repeating: "b", count: 100_000))
            let text = await client.received.wait { $0.text.hasSuffix("b") && $0.text.utf8.count > 300_000 }.text
            #expect(text.hasSuffix("\r\n\r\n" + first + String(repeating: "b", count: 100_000)))
        }
    }

    @Test(
        "more than a long answer promised goes to nobody, and spoils the upstream's connection",
        arguments: WireTransport.allCases)
    func sendsMore(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            try await upstream.send(Self.answer("a", 200_000) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            await upstream.receiveAll()
            // All of the first answer, or its rest would come with the next one.
            await client.received.wait { $0.text.hasSuffix("\r\n\r\n" + String(repeating: "a", count: 200_000)) }
            try await UpstreamFaultTests.serves(client, by: backend, on: 1)
            #expect(!client.received.value.text.contains("evil"))
        }
    }

    @Test("a long answer that breaks off is no whole answer", arguments: WireTransport.allCases, [false, true])
    func breaksOff(on transport: WireTransport, resets: Bool) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            let first = String(repeating: "a", count: 150_000)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + first)
            await client.received.wait { $0.text.hasSuffix("\r\n\r\n" + first) }
            if resets { try await upstream.reset() } else { await upstream.close() }
            #expect(await client.receiveAll().hasSuffix("\r\n\r\n" + first))
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: resets ? 101_501 : 101_505)])
            try await UpstreamFaultTests.serves(gateway.connect(), by: backend, on: 1)
        }
    }
}
