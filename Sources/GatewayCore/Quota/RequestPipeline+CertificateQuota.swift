import Counters
import Model

extension RequestPipeline {
    /// Counts a call under the plan of the certificate that it came with. Such a plan always stops at its quota.
    func admitCertificate(
        _ credential: Credential, _ policies: ChunkedArray<CompiledPolicy>, _ bytes: Int64, _ now: Int64
    ) -> Refusal? {
        guard let certificate = credential.clientCertificate, let policy = policies[certificate.policy] else { return nil }
        if let limit = policy.limit,
            !admission.admit(certificate.bucket, limit, amount: policy.countsBytes ? bytes : 1, nowMilliseconds: now)
        {
            return .quotaExceeded(900_804, nextAccess: limit.windowEnd(at: now))
        }
        if let burst = policy.burst, !admission.admit(certificate.burstBucket, burst, nowMilliseconds: now) {
            return .quotaExceeded(900_807, nextAccess: nil)
        }
        return nil
    }
}
