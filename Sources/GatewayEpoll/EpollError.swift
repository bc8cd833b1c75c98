import CEpoll

/// A system call that the transport cannot do without failed.
public struct EpollError: Error, CustomStringConvertible {
    /// The value of `errno`.
    public let reason: Int32

    public var isAddressInUse: Bool { reason == EADDRINUSE }
    public var description: String { String(cString: strerror(reason)) }
}
