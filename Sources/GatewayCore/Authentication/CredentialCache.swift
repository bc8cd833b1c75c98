/// The credentials that one event loop has checked, good and bad ones. Bounded: a set of eight places per hash, in which the longest
/// unused one gives way.
///
/// Credentials are found by a seeded hash and compared whole.
final class CredentialCache {
    /// One checked text.
    final class Entry {
        let kind: Credential.Kind
        /// The tenant whose issuers the text was checked against.
        let tenant: Int
        let text: [UInt8]
        /// `nil` for a text that was refused.
        let credential: Credential?
        /// Why it was refused.
        let fault: CredentialFault
        /// Until when the entry serves.
        let expires: Int64
        /// The epoch in which a refused text was refused: new keys may make it good.
        let epoch: UInt64
        /// The key managers that could have accepted a refused text; `nil` for all of the tenant. Another API may take those of others.
        let keyManagers: [String]?
        fileprivate var lastUse: UInt32 = 0

        init(
            kind: Credential.Kind, tenant: Int, text: [UInt8], credential: Credential?, fault: CredentialFault = .invalid,
            expires: Int64, epoch: UInt64, keyManagers: [String]? = nil
        ) {
            self.kind = kind
            self.tenant = tenant
            self.text = text
            self.credential = credential
            self.fault = fault
            self.expires = expires
            self.epoch = epoch
            self.keyManagers = keyManagers
        }
    }

    private static let ways = 8

    private let seed: UInt64
    private let setMask: Int
    private var hashes: [UInt64]
    private var entries: [Entry?]
    private var clock: UInt32 = 0

    /// - Parameter capacity: the most entries, rounded up to a power of two.
    init(capacity: Int, seed: UInt64) {
        var sets = 1
        while sets * Self.ways < capacity { sets *= 2 }
        setMask = sets - 1
        self.seed = seed
        hashes = Array(repeating: 0, count: sets * Self.ways)
        entries = Array(repeating: nil, count: sets * Self.ways)
    }

    /// How much of a text is hashed. The end of a token is a part of its signature, which differs if anything does.
    private static let hashedBytes = 128

    /// The hash under which a text is kept. Who repeats the end of another's token only makes places for his own texts fewer: they are
    /// compared whole.
    func hash(_ text: UnsafeRawBufferPointer, _ kind: Credential.Kind, tenant: Int) -> UInt64 {
        let own = seed &+ UInt64(kind.rawValue) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: Int64(tenant))
        let end = text.count > Self.hashedBytes ? UnsafeRawBufferPointer(rebasing: text.suffix(Self.hashedBytes)) : text
        return ByteHash.combine(ByteHash.hash(end, seed: own), own &+ UInt64(truncatingIfNeeded: text.count))
    }

    /// The entry of a text, good or bad; `nil` if it is unknown or has expired.
    @inline(__always)
    func find(
        _ text: UnsafeRawBufferPointer, hash: UInt64, _ kind: Credential.Kind, tenant: Int, nowMilliseconds: Int64
    ) -> Entry? {
        let first = (Int(truncatingIfNeeded: hash >> 20) & setMask) &* Self.ways
        WorkingSet.fetch(entries, at: first)
        for place in first..<(first &+ Self.ways) where hashes[place] == hash {
            guard let entry = entries[place], entry.kind == kind, entry.tenant == tenant, isText(text, of: entry) else {
                continue
            }
            if entry.expires <= nowMilliseconds {
                hashes[place] = 0
                entries[place] = nil
                return nil
            }
            clock &+= 1
            entry.lastUse = clock
            return entry
        }
        return nil
    }

    /// Whether an entry is for this text. What its credential says is fetched meanwhile.
    @inline(__always)
    private func isText(_ text: UnsafeRawBufferPointer, of entry: Entry) -> Bool {
        WorkingSet.fetch(from: WorkingSet.place(of: entry.text), lines: 4)
        if let credential = entry.credential { WorkingSet.fetch(credential, lines: 3) }
        return Bytes.equal(text, entry.text)
    }

    /// Keeps an entry in place of an empty, expired or long unused one.
    func insert(_ entry: Entry, hash: UInt64, nowMilliseconds: Int64) {
        let first = (Int(truncatingIfNeeded: hash >> 20) & setMask) * Self.ways
        var place = first
        var longest: UInt32 = 0
        clock &+= 1
        for candidate in first..<(first + Self.ways) {
            guard let old = entries[candidate], old.expires > nowMilliseconds, hashes[candidate] != hash else {
                place = candidate
                break
            }
            if clock &- old.lastUse >= longest {
                longest = clock &- old.lastUse
                place = candidate
            }
        }
        entry.lastUse = clock
        hashes[place] = hash
        entries[place] = entry
    }

    var count: Int { entries.count { $0 != nil } }
}
