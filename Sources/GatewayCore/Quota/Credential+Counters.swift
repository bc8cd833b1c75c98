import Counters
import Model

extension Credential {
    /// The counter of an application × this user; made with the credential's first use, and anew when the application changes.
    func applicationCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBucket, countedApplication === application { return bucket }
        countedApplication = application
        applicationBurstBucket = nil
        let user = String(decoding: userName, as: UTF8.self)
        let bucket = QuotaBucket(
            key: QuotaKeys.application(application.definition.number, user: user, resets: application.resets(of: user)))
        applicationBucket = bucket
        return bucket
    }

    /// The counter of the same pair for burst control.
    func applicationBurstCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBurstBucket, countedApplication === application { return bucket }
        _ = applicationCounter(application)
        let user = String(decoding: userName, as: UTF8.self)
        let bucket = QuotaBucket(
            key: QuotaKeys.applicationBurst(application.definition.number, user: user, resets: application.resets(of: user)))
        applicationBurstBucket = bucket
        return bucket
    }

    /// The counter of an anonymous caller of an API.
    func anonymousCounter(_ api: CompiledAPI, _ key: [UInt8]) -> QuotaBucket {
        if let bucket = applicationBucket { return bucket }
        let address = String(decoding: key.dropFirst(MemoryLayout<Int32>.size), as: UTF8.self)
        let bucket = QuotaBucket(key: "anonymous:\(address):\(api.id)")
        applicationBucket = bucket
        return bucket
    }
}
