import Counters

/// Counters that exist beside other ones, such as a user's own beside that of all users; made with their first use. Belongs to one
/// event loop; the counters themselves are shared through their keys.
struct DerivedBuckets {
    private struct Entry {
        /// Kept, so that no later object can have its identity.
        let original: QuotaBucket
        let derived: QuotaBucket
    }

    private var entries: [ObjectIdentifier: Entry] = [:]
    private let capacity: Int

    /// - Parameter capacity: the most entries. Deployments replace their counters' objects, so old entries pile up and are all
    ///   forgotten then.
    init(capacity: Int) { self.capacity = capacity }

    /// The counter beside `original`; `key` makes its key out of the original's.
    mutating func bucket(beside original: QuotaBucket, key: (String) -> String) -> QuotaBucket {
        if let entry = entries[ObjectIdentifier(original)] { return entry.derived }
        if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
        let derived = QuotaBucket(key: key(original.key))
        entries[ObjectIdentifier(original)] = Entry(original: original, derived: derived)
        return derived
    }
}
