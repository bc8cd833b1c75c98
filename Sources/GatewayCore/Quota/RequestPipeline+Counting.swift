import Counters

/// How a level counts and refuses.
struct QuotaLevel {
    /// Code of the refusal.
    var code: Int32
    /// Counts bytes of bodies instead of requests.
    var countsBytes = false
    /// Counts on past the limit instead of refusing.
    var always = false
    /// Whether a refused client is told when the window ends.
    var tellsTime = true
}

/// A quota of bytes that a body without a length is counted on when it has passed.
struct ByteCharge {
    let bucket: QuotaBucket
    let limit: QuotaLimit
}

extension RequestPipeline {
    /// Counts the request on one level; the refusal if the level is used up.
    @inline(__always)
    func count(
        _ bucket: QuotaBucket, _ limit: QuotaLimit, _ label: QuotaLabel, _ level: QuotaLevel, _ counted: CountedRequest
    ) -> Refusal? {
        let now = counted.now
        let amount = level.countsBytes ? counted.bytes : 1
        let isAdmitted = admission.admit(bucket, limit, amount: amount, always: level.always, nowMilliseconds: now)
        if settings.writesRateLimits {
            rateLimits.append(
                label, remaining: isAdmitted ? admission.remaining : 0, endsIn: limit.windowEnd(at: now) - now)
        }
        guard isAdmitted else {
            counted.exchange.byteCharges.removeAll(keepingCapacity: true)
            return .quotaExceeded(level.code, nextAccess: level.tellsTime ? limit.windowEnd(at: now) : nil)
        }
        if level.countsBytes, counted.head.body == .chunked {
            counted.exchange.byteCharges.append(ByteCharge(bucket: bucket, limit: limit))
        }
        return nil
    }

    /// Counts the bytes of a body whose length was not known when the request was admitted.
    @inline(never)
    func chargeBytes(_ exchange: Exchange, nowMilliseconds: Int64) {
        for charge in exchange.byteCharges {
            admission.charge(
                charge.bucket, charge.limit, amount: exchange.requestBodyBytes, nowMilliseconds: nowMilliseconds)
        }
        exchange.byteCharges.removeAll(keepingCapacity: true)
    }
}
