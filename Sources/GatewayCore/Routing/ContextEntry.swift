import CByteScan

/// All APIs of one context; a host decides between them.
final class ContextEntry: Sendable {
    // What most look-ups need comes first, so that it lies in one line of the processor's cache.

    /// The only candidate, if it is for all hosts: most contexts have no other, and need not be looked at any further. Else -1.
    let onlyAPI: Int32
    let isOnlyDefaultVersion: Bool
    /// Bytes of the context; 255 for longer ones than fit into ``start``.
    private let storedCount: UInt8
    /// The context's first bytes beside the other members: comparing with them takes no further line.
    private let start: SIMD4<UInt64>
    private let workingSet: WorkingSet
    let context: [UInt8]
    let candidates: [ContextIndex.Candidate]

    init(context: [UInt8], candidates: [ContextIndex.Candidate]) {
        self.context = context
        start = context.withUnsafeBytes(Self.words)
        storedCount = context.count <= 32 ? UInt8(context.count) : .max
        self.candidates = candidates
        let only = candidates.count == 1 && candidates[0].hosts.isEmpty ? candidates[0] : nil
        onlyAPI = only?.api ?? -1
        isOnlyDefaultVersion = only?.isDefaultVersion ?? false
        workingSet = only?.workingSet ?? WorkingSet()
    }

    /// Bytes of the context; 255 for more than 32.
    var shortCount: Int { Int(storedCount) }

    /// Has the processor fetch what requests of the only API are going to read.
    @inline(__always)
    func fetchWorkingSet() { workingSet.fetch() }

    /// Whether a path's prefix is the entry's context. The rest of the entry is fetched meanwhile.
    @inline(__always)
    func isContext(_ prefix: UnsafeRawBufferPointer) -> Bool {
        WorkingSet.fetch(self, from: 1, lines: 4)
        return prefix.count <= 32
            ? prefix.count == shortCount && Self.words(prefix) == start : Bytes.equal(prefix, context)
    }

    /// Up to 32 bytes, filled up with zeros.
    @inline(__always)
    private static func words(_ bytes: UnsafeRawBufferPointer) -> SIMD4<UInt64> {
        var words = SIMD4<UInt64>()
        guard let source = bytes.baseAddress else { return words }
        withUnsafeMutableBytes(of: &words) { target in
            guard let start = target.baseAddress else { return }
            cbytescan_copy(
                start.assumingMemoryBound(to: UInt8.self), source.assumingMemoryBound(to: UInt8.self), min(bytes.count, 32))
        }
        return words
    }
}
