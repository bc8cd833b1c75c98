/// Which addresses the platform may connect to on somebody's behalf.
public struct AddressPolicy: Sendable, Hashable {
    private let refused: [AddressRange]
    private let allowed: [AddressRange]
    private let allowedHosts: Set<String>

    private init(refused: [AddressRange], allowing list: [String]) {
        self.refused = refused
        allowed = list.compactMap(AddressRange.init)
        allowedHosts = Set(list.filter { AddressRange($0) == nil }.map { $0.lowercased() })
    }

    /// For imports, webhooks and discovery: only public addresses, and what `allowing` lists (addresses, `address/bits`, host names).
    public static func fetch(allowing list: [String] = []) -> AddressPolicy {
        AddressPolicy(refused: never + metadata + local, allowing: list)
    }

    /// For the endpoints of APIs: everything but the metadata services of cloud platforms and addresses that are no hosts.
    public static func endpoint(allowing list: [String] = []) -> AddressPolicy {
        AddressPolicy(refused: never + metadata, allowing: list)
    }

    public func allows(_ address: IPAddress) -> Bool {
        allowed.contains { $0.contains(address) } || !refused.contains { $0.contains(address) }
    }

    /// Whether the host's addresses need not be looked at, because the host is listed by name.
    public func allows(namedHost host: String) -> Bool { allowedHosts.contains(host.lowercased()) }

    /// Whether a URL with this host may be stored: addresses are checked now, names when they are resolved.
    public func allows(literalHost host: String) -> Bool {
        if allows(namedHost: host) { return true }
        if let address = IPAddress(host) { return allows(address) }
        return !Self.metadataHosts.contains(host.lowercased())
    }

    private static let metadataHosts: Set<String> = ["metadata.google.internal", "metadata", "instance-data"]

    /// Unspecified, multicast, reserved and broadcast addresses.
    private static let never = ["0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8"].compactMap(AddressRange.init)

    private static let metadata = [
        "169.254.169.0/24", "169.254.170.0/24", "100.100.100.200", "168.63.129.16", "fd00:ec2::/32", "fd20:ce::254",
    ].compactMap(AddressRange.init)

    /// Loopback, private, shared (RFC 6598), link-local, test and benchmark ranges.
    private static let local = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24",
        "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::1/128", "fc00::/7", "fe80::/10",
        "fec0::/10", "100::/64", "2001::/32", "2001:db8::/32",
    ].compactMap(AddressRange.init)
}
