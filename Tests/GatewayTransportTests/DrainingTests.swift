import GatewayTransport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct DrainingTests {
    @Test("stopping lets requests end, closes idle connections and takes no new ones", arguments: WireTransport.allCases)
    func drains(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend, configure: { $0.loops = 2 }) { gateway in
            var idle: [RawConnection] = []
            for _ in 0..<8 { idle.append(try await gateway.connect()) }
            let busy = try await gateway.connect()
            try await busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            async let stopping: Void = gateway.server.stop(grace: .seconds(30))
            for connection in idle { #expect(await connection.receiveAll() == "") }
            await #expect(throws: (any Error).self) { try await gateway.connect() }
            try await upstream.send(Reply.ok("last").text)
            let text = await busy.receiveAll()
            #expect(text.contains("Connection: close\r\n"))
            #expect(text.hasSuffix("last"))
            try await stopping
            #expect(gateway.record.accounted.value == [.init(status: 200, errorCode: 0)])
        }
    }

    @Test("what does not end within the grace is cut off, on all loops in one grace", arguments: WireTransport.allCases)
    func cutsOff(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend, configure: { $0.loops = 2 }) { gateway in
            var clients: [RawConnection] = []
            for number in 0..<8 {
                let client = try await gateway.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await backend.connection(number).receive(until: "\r\n\r\n")
                clients.append(client)
            }
            let clock = ContinuousClock()
            let start = clock.now
            try await gateway.server.stop(grace: .seconds(1))
            #expect(start.duration(to: clock.now) >= .seconds(1))
            for client in clients { #expect(await client.receiveAll() == "") }
            for number in 0..<8 { await backend.connection(number).receiveAll() }
            #expect(gateway.record.count == 8)
        }
    }

    @Test("a port in use is one clear error", arguments: WireTransport.allCases)
    func portInUse(on transport: WireTransport) async throws {
        let other = try await RawServer.start()
        let error = GatewayError.portInUse(host: "127.0.0.1", port: other.port)
        await #expect(throws: error) {
            try await GatewayFixture.run(
                transport, to: [1], configure: { $0.listeners[0].port = other.port }
            ) { _ in }
        }
        await other.stop()
        #expect("\(error)" == "port \(other.port) on 127.0.0.1 is in use by another program")
    }
}
