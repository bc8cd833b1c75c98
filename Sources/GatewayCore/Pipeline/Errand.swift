/// Work that a request waits for off its event loop: a question to another service, or a calculation too long for the loop.
///
/// A stage makes it, the transport runs ``work``, and the stage's `resume` says how the request goes on. While it runs the request is
/// parked: it costs no thread, and neither its client's further bytes nor its upstream are touched. The work is cancelled when the client
/// goes or the time is up.
public final class Errand {
    /// What the request waits for, as it stands in refusals: `the introspection endpoint`.
    public let purpose: String
    /// Longest duration; after it the request goes on with ``ErrandFailure/timedOut``.
    public let timeoutMilliseconds: Int64
    /// Runs on any thread. Should end soon when its task is cancelled; what it answers then is ignored.
    public let work: @Sendable () async -> ErrandResult
    private let resumption: (Result<any Sendable, any Error>) -> StageOutcome

    /// - Parameters:
    ///   - work: must not hold anything of the loop: pass it copies of what it needs.
    ///   - resume: called on the request's loop with what the work answered, with what it threw, or with an ``ErrandFailure``. What it
    ///     answers counts as the waiting stage's outcome.
    package init<Value: Sendable>(
        _ purpose: String, timeoutMilliseconds: Int64, work: @escaping @Sendable () async throws -> Value,
        resume: @escaping (Result<Value, any Error>) -> StageOutcome
    ) {
        self.purpose = purpose
        self.timeoutMilliseconds = timeoutMilliseconds
        self.work = {
            do { return ErrandResult(result: .success(try await work())) } catch {
                return ErrandResult(result: .failure(error))
            }
        }
        resumption = { result in
            resume(result.flatMap { ($0 as? Value).map(Result.success) ?? .failure(ErrandFailure.lost) })
        }
    }

    func resume(with result: ErrandResult) -> StageOutcome { resumption(result.result) }
}

/// What an errand's work came to, on its way back to the loop.
public struct ErrandResult: Sendable {
    let result: Result<any Sendable, any Error>

    static let timedOut = ErrandResult(result: .failure(ErrandFailure.timedOut))
}

/// Why an errand has no result although its work threw nothing.
package enum ErrandFailure: Error, Equatable {
    case timedOut
    /// The result is of another errand. Cannot happen unless a transport mixes them up.
    case lost
}
