/// Where an API key may be used: from listed addresses, else from pages of listed sites.
struct KeyRestriction: Sendable {
    private let hasAddresses: Bool
    private let addresses: [AddressRange]
    private let referers: [RefererPattern]

    /// - Parameters: comma-separated lists as in the claims `permittedIP` and `permittedReferer`. Entries that cannot be read permit
    ///   nothing.
    /// - Returns: `nil` if nothing is restricted.
    init?(permittedIP: String?, permittedReferer: String?) {
        let ips = Self.elements(permittedIP)
        hasAddresses = !ips.isEmpty
        addresses = ips.compactMap(AddressRange.init)
        referers = Self.elements(permittedReferer).map(RefererPattern.init)
        if ips.isEmpty, referers.isEmpty { return nil }
    }

    private static func elements(_ list: String?) -> [String] {
        (list ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }

    /// With addresses listed only they count; the referer can be made up by any client but a browser.
    func permits(address: UnsafeRawBufferPointer, referer: UnsafeRawBufferPointer) -> Bool {
        if hasAddresses {
            guard let address = IPAddress(address) else { return false }
            return addresses.contains { $0.contains(address) }
        }
        guard !referer.isEmpty else { return false }
        return referers.contains { $0.matches(Array(referer)) }
    }
}
