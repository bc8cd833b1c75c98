/// The names of quota counters: the same for gateways, which count, and for whoever asks what is left.
public enum QuotaKeys {
    /// The counter of an application × a user.
    ///
    /// - Parameters:
    ///   - number: the application's stable integer.
    ///   - user: `name@domain` as in the credential.
    ///   - resets: how often the counter was reset; each time it got a new name, and so began at 0 on all gateways at once.
    public static func application(_ number: Int, user: String, resets: Int = 0) -> String {
        "application:" + pair(number, user, resets)
    }

    /// The counter of the same pair for burst control.
    public static func applicationBurst(_ number: Int, user: String, resets: Int = 0) -> String {
        "application-burst:" + pair(number, user, resets)
    }

    private static func pair(_ number: Int, _ user: String, _ resets: Int) -> String {
        resets == 0 ? "\(number):\(user)" : "\(number):\(user)#\(resets)"
    }

    /// The counter of a subscription under a business plan.
    public static func subscription(application id: String, api: String, plan: String) -> String {
        "subscription:\(id):\(api):\(plan)"
    }

    /// The counter of a subscription for the burst control of its plan.
    public static func subscriptionBurst(application id: String, api: String, plan: String) -> String {
        "subscription-burst:\(id):\(api):\(plan)"
    }
}
