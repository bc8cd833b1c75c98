import Documents
import Model

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// From where an API key may be used; lists with commas between.
public struct APIKeyRestrictions: Sendable, Hashable {
    /// Addresses and CIDR ranges; `nil` allows all.
    public var addresses: String?
    /// Referrer patterns with `*`; `nil` allows all.
    public var referrers: String?

    public init(addresses: String? = nil, referrers: String? = nil) {
        self.addresses = addresses
        self.referrers = referrers
    }

    /// Reads the `additionalProperties` of a request. Throws a 400 for anything but addresses and ranges in `permittedIP`.
    public init(properties: JSONValue?) throws {
        addresses = Self.list(properties?["permittedIP"])
        referrers = Self.list(properties?["permittedReferer"])
        for range in addresses?.split(separator: ",") ?? [] where !Self.isRange(range) {
            throw CatalogueError.badRequest("permittedIP must hold addresses and CIDR ranges with commas between")
        }
    }

    private static func list(_ value: JSONValue?) -> String? {
        let parts = (value?.string ?? "").filter { !$0.isWhitespace }.split(separator: ",")
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }

    private static func isRange(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first, parts.count <= 2, let bits = bits(String(address)) else { return false }
        guard parts.count == 2 else { return true }
        return Int(parts[1]).map { (0...bits).contains($0) } ?? false
    }

    /// The length of the address, or `nil` for what is none.
    private static func bits(_ address: String) -> Int? {
        var storage = in6_addr()
        if inet_pton(AF_INET, address, &storage) == 1 { return 32 }
        return inet_pton(AF_INET6, address, &storage) == 1 ? 128 : nil
    }
}
