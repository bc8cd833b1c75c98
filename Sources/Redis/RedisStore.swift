/// A store as those who use it see it: one server, the master of several, or a cluster. Confined to its event loop.
public protocol RedisStore: AnyObject {
    typealias Completion = (Result<[RESPValue], RedisError>) -> Void

    /// Called when the store can be used, again after each interruption after which it may have lost what was written.
    var onReady: () -> Void { get set }
    /// Called when the store can no longer be used; the next attempt follows by itself.
    var onFailure: (RedisError) -> Void { get set }
    var isReady: Bool { get }
    /// Batches that wait for answers.
    var pendingCount: Int { get }

    /// Begins to connect.
    func start()

    /// Sends commands if the store is ready. The completion is called on the event loop.
    func send(_ commands: RedisCommands, _ completion: @escaping Completion)

    /// Ends connections whose answers are overdue. Call it every now and then.
    func checkDeadline()

    /// Begins anew, for a server that no longer does its work.
    func reconnect(_ error: RedisError)

    /// Ends all connections for good.
    func close()
}
