/// Where an API key may be used: from listed addresses, else from pages of listed sites.
struct KeyRestriction: Sendable {
    private let hasAddresses: Bool
    private let addresses: [AddressRange]
    private let referers: [[UInt8]]

    /// - Parameters: comma-separated lists as in the claims `permittedIP` and `permittedReferer`. Entries that cannot be read permit
    ///   nothing.
    /// - Returns: `nil` if nothing is restricted.
    init?(permittedIP: String?, permittedReferer: String?) {
        let ips = Self.elements(permittedIP)
        hasAddresses = !ips.isEmpty
        addresses = ips.compactMap(AddressRange.init)
        referers = Self.elements(permittedReferer).map { Array($0.utf8) }
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
        let page = Self.withoutScheme(referer)
        return referers.contains { Self.matches($0[...], page[...]) }
    }

    private static func withoutScheme(_ referer: UnsafeRawBufferPointer) -> [UInt8] {
        let bytes = Array(referer)
        for scheme in ["https://", "http://"] where bytes.starts(with: scheme.utf8) {
            return Array(bytes.dropFirst(scheme.utf8.count))
        }
        return bytes
    }

    /// `*` stands for any characters. Steps back to the last `*` only, which is enough for a single kind of wildcard.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var text = text
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if pattern.first == 0x2a {
                pattern = pattern.dropFirst()
                retry = (pattern, text)
            } else if let byte = text.first, pattern.first == byte {
                pattern = pattern.dropFirst()
                text = text.dropFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.text.isEmpty {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry = (last.pattern, text)
            } else {
                return false
            }
        }
    }
}
