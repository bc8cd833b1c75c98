import CEpoll

/// A thread of the system for a loop, which blocks in its waits and so must not take one of Swift's.
enum LoopThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a body to its end on a new thread; false if the system has none.
    static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        let body = Unmanaged.passRetained(Body(run))
        let result = cepoll_start_thread(
            { argument in
                // The argument is the body retained above, and a thread that has started is the only one to release it.
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        if result != 0 { body.release() }
        return result == 0
    }
}
