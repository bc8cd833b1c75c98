import Logging
import Testing

@testable import OutgoingHTTP

@Suite("Fetching")
struct OutgoingFetcherTests {
    @Test("no address of a host may be refused, and the refusal does not tell the address")
    func mixedAddresses() async throws {
        let resolver = AddressResolver { _ throws(OutgoingError) in
            [IPAddress("93.184.216.34"), IPAddress("10.0.0.1")].compactMap { $0 }
        }
        let fetcher = OutgoingFetcher(policy: .fetch(), resolver: resolver, logger: Logger(label: "test"))
        let error = await #expect(throws: OutgoingError.self) { try await fetcher.get("http://evil.example/") }
        #expect(error == .refusedAddress(host: "evil.example"))
        #expect(error?.reason.contains("10.0.0.1") == false)
    }

    @Test("an unknown host is said to be unknown")
    func unknownHost() async throws {
        let resolver = AddressResolver { _ throws(OutgoingError) in [] }
        let fetcher = OutgoingFetcher(policy: .fetch(), resolver: resolver, logger: Logger(label: "test"))
        let error = await #expect(throws: OutgoingError.self) { try await fetcher.get("http://nowhere.example/") }
        #expect(error == .unresolvable(host: "nowhere.example"))
    }

    @Test("other schemes are refused", arguments: ["ftp://example.com/a", "file:///etc/passwd", "gopher://a/", "javascript:1"])
    func schemes(_ url: String) async throws {
        let fetcher = OutgoingFetcher(policy: .fetch(), logger: Logger(label: "test"))
        let error = await #expect(throws: OutgoingError.self) { try await fetcher.get(url) }
        #expect(error == .malformedURL)
    }

    @Test("a server that refuses the connection is told apart from a refused address")
    func connection() async throws {
        let fetcher = OutgoingFetcher(
            policy: .fetch(allowing: ["127.0.0.1"]), limits: .init(seconds: 5), logger: Logger(label: "test"))
        // Port 1 (tcpmux) is served nowhere.
        let error = await #expect(throws: OutgoingError.self) { try await fetcher.get("http://127.0.0.1:1/") }
        #expect(error == .connection(host: "127.0.0.1"))
    }
}
