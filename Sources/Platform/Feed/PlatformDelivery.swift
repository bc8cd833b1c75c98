import Operating
import Storage

/// Lets a change wait for the gateway of this process and for those that run apart.
struct PlatformDelivery: ChangeDelivery {
    let local: LocalFeed
    let remote: RemoteGateways

    func delivered(_ sequence: Int64) async {
        async let elsewhere: Void = remote.delivered(sequence)
        await local.delivered(sequence)
        await elsewhere
    }
}

/// For changes that gateways do not learn.
struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}
