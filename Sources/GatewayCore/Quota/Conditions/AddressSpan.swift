/// One address or all addresses between two, both included.
struct AddressSpan: Sendable {
    private let first: IPAddress
    private let last: IPAddress

    /// `nil` if one of the texts is no address.
    init?(from first: String, to last: String) {
        guard let one = IPAddress(first.utf8), let other = IPAddress(last.utf8) else { return nil }
        self.first = min(one, other)
        self.last = max(one, other)
    }

    /// `nil` if the text is no address.
    init?(_ address: String) { self.init(from: address, to: address) }

    func contains(_ address: IPAddress) -> Bool { first <= address && address <= last }
}
