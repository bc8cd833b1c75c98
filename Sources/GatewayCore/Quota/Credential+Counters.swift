import Counters

extension Credential {
    /// The counter of an application × this user; made with the credential's first use, and anew when the application changes.
    func applicationCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBucket, countedApplication === application { return bucket }
        countedApplication = application
        applicationBurstBucket = nil
        let bucket = QuotaBucket(key: "application:" + counterKey(application))
        applicationBucket = bucket
        return bucket
    }

    /// The counter of the same pair for burst control.
    func applicationBurstCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBurstBucket, countedApplication === application { return bucket }
        _ = applicationCounter(application)
        let bucket = QuotaBucket(key: "application-burst:" + counterKey(application))
        applicationBurstBucket = bucket
        return bucket
    }

    private func counterKey(_ application: CompiledApplication) -> String {
        "\(application.definition.number):\(String(decoding: userName, as: UTF8.self))"
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
