import Model

/// The control plane as its gateways see it.
public protocol ControlPlane: Sendable {
    /// Opens the feed and passes on what comes, until it ends. A receiver that takes its time holds the sender.
    ///
    /// Throws a ``FeedRefusal`` when the control plane refuses.
    func follow(after position: FeedPosition?, _ receive: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
    /// Delivers a report, a JSON object. Throws a ``FeedRefusal`` when the control plane does not take it.
    func deliver(_ report: [UInt8]) async throws
}

/// What a control plane answered instead of doing what it was asked.
public struct FeedRefusal: Error, CustomStringConvertible, Equatable {
    public var status: Int
    public var reason: String

    public init(status: Int, reason: String) {
        self.status = status
        self.reason = reason
    }

    /// The changes since the gateway's position are no longer known.
    public var isGone: Bool { status == 410 }

    public var description: String { "the control plane answered \(status): \(reason)" }
}
