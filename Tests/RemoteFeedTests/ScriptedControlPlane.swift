import Foundation
import Model

@testable import RemoteFeed

/// A control plane whose stream a test writes.
actor ScriptedControlPlane: ControlPlane {
    private enum Item: Sendable {
        case bytes([UInt8])
        case end((any Error)?)
    }

    private let (items, continuation) = AsyncStream.makeStream(of: Item.self)
    private(set) var positions: [FeedPosition?] = []
    private(set) var reports: [String] = []
    /// What the next connection is answered with instead of a stream.
    private var refusal: FeedRefusal?

    nonisolated func follow(
        after position: FeedPosition?, _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        if let refusal = await connected(position) { throw refusal }
        for await item in items {
            switch item {
            case .bytes(let bytes): try await receive(bytes)
            case .end: return
            }
        }
    }

    private func connected(_ position: FeedPosition?) -> FeedRefusal? {
        positions.append(position)
        defer { refusal = nil }
        return refusal
    }

    func deliver(_ report: [UInt8]) { reports.append(String(decoding: report, as: UTF8.self)) }

    func send(_ lines: String...) { send(bytes: Array((lines.joined(separator: "\n") + "\n").utf8)) }

    func send(bytes: [UInt8]) { continuation.yield(.bytes(bytes)) }

    /// Ends the stream; the next connection is refused, if `refusal` is given.
    func hangUp(refusing refusal: FeedRefusal? = nil) {
        self.refusal = refusal
        continuation.yield(.end(nil))
    }

    /// Waits until a report acknowledges the sequence.
    func acknowledged(_ sequence: Int) async -> Bool {
        while !reports.contains(where: {
            $0.contains("\"acknowledged\":\(sequence)}") || $0.contains("\"acknowledged\":\(sequence),")
        }) {
            try? await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    /// Waits for a report that contains the text.
    func reported(_ text: String) async {
        while !reports.contains(where: { $0.contains(text) }) { try? await Task.sleep(for: .milliseconds(2)) }
    }

    func waitForAttempt(_ count: Int) async {
        while positions.count < count { try? await Task.sleep(for: .milliseconds(5)) }
    }
}
