import GatewayCore
import NIOCore

extension ProxyClient {
    /// Runs the work of the exchange's errand off the loop and goes on with its result.
    func runErrand() {
        guard let work = connection.exchange.errand?.work else { return }
        let number = connection.errandNumber
        let eventLoop = loop.eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        errandTask = Task {
            let result = await work()
            // A loop that has stopped takes no more tasks; it cancels the errands of its connections before.
            if !Task.isCancelled { eventLoop.execute { bound.value.errandEnded(result, number) } }
        }
    }

    private func errandEnded(_ result: ErrandResult, _ number: UInt32) {
        let now = loop.now()
        settle(connection.errandEnded(result, number: number, at: now), at: now)
    }

    func cancelErrand() {
        errandTask?.cancel()
        errandTask = nil
    }
}
