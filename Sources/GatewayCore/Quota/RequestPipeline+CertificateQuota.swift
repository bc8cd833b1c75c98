import Counters
import Model

extension RequestPipeline {
    /// Counts a call under the plan of the certificate that it came with. Such a plan always stops at its quota.
    func admitCertificate(_ counted: CountedRequest) -> Refusal? {
        guard let certificate = counted.credential.clientCertificate,
            let policy = counted.snapshot.policies[certificate.policy]
        else { return nil }
        if let limit = policy.limit {
            let level = QuotaLevel(code: 900_804, countsBytes: policy.countsBytes)
            if let refusal = count(certificate.bucket, limit, policy.label, level, counted) { return refusal }
        }
        guard let burst = policy.burst else { return nil }
        return count(
            certificate.burstBucket, burst, policy.burstLabel, QuotaLevel(code: 900_807, tellsTime: false), counted)
    }
}
