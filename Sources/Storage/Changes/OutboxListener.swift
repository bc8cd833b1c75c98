/// Tells when the outbox has grown, also by other nodes: at once where the database can say so, else by asking it again and again.
public struct OutboxListener: Sendable {
    private let store: any SQLStore
    private let interval: Int32

    /// `pollingMilliseconds` is the longest time that a change goes unnoticed.
    public init(_ store: any SQLStore, pollingMilliseconds: Int32 = 1000) {
        self.store = store
        interval = pollingMilliseconds
    }

    /// Calls `handle` with the head's sequence whenever it is higher than before, beginning with those above `sequence`; returns when
    /// the task is cancelled or the store closes.
    ///
    /// A database that does not answer is asked again after the polling interval; `failed` is told why.
    public func listen(
        after sequence: Int64, failed: @Sendable (any Error) -> Void = { _ in }, handle: (Int64) async -> Void
    ) async {
        let reader = GatewayEntityReader(store)
        var last = sequence
        while !Task.isCancelled {
            do {
                let head = try await reader.head()
                if head > last {
                    last = head
                    await handle(head)
                }
                try await waitForSignal()
            } catch StorageError.closed {
                return
            } catch {
                if Task.isCancelled { return }
                failed(error)
                try? await Task.sleep(for: .milliseconds(interval))
            }
        }
    }

    /// A change that commits between the look at the head and the wait is found at the latest after the interval.
    private func waitForSignal() async throws {
        if let source = store as? any OutboxSignalSource {
            try await source.waitForOutboxSignal(timeout: interval)
        } else {
            try await Task.sleep(for: .milliseconds(interval))
        }
    }
}

/// A transaction that can wake the readers of the outbox when it commits.
protocol OutboxSignalling {
    func signalOutbox() throws
}

/// A store that can be woken by transactions of other sessions.
protocol OutboxSignalSource {
    /// Returns at a signal or after `milliseconds`.
    func waitForOutboxSignal(timeout milliseconds: Int32) async throws
}
