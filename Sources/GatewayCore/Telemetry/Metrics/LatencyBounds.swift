/// The upper bounds of latency histograms.
public enum LatencyBounds {
    /// Seconds; the last bucket, above all of them, has no bound.
    public static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    static let buckets = seconds.count + 1

    /// The bucket of a duration. Most are in the first ones, so they are looked through from below.
    @inline(__always)
    static func bucket(nanoseconds: UInt64) -> Int {
        if nanoseconds <= 500_000 { return 0 }
        if nanoseconds <= 1_000_000 { return 1 }
        if nanoseconds <= 2_500_000 { return 2 }
        return slowBucket(nanoseconds)
    }

    @inline(never)
    private static func slowBucket(_ nanoseconds: UInt64) -> Int {
        seconds.firstIndex { Double(nanoseconds) <= $0 * 1e9 } ?? seconds.count
    }
}
