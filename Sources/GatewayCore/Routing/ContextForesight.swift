/// Which context a request is for, found out while its head is still being read, so that memory arrives before it is needed
/// (docs/decisions/0010).
///
/// Only worth something to the same snapshot, and before anything else is done with it: it holds nothing.
struct ContextForesight {
    /// Hashes of the path's beginnings by number of segments, the first one at 0; 0 where no context is so deep or the path ends before.
    var hashes = SIMD4<UInt64>()
    /// The entry of the longest context whose hash the path has. There may be none, and its context may be another one.
    var entry: Unmanaged<ContextEntry>?
}

extension ContextIndex {
    /// Looks at the first bytes of a request and has the processor fetch where its contexts are looked up. Foresees nothing if the bytes
    /// end within the path, or if there are contexts of more than four segments.
    @inline(__always)
    func foresee(_ bytes: UnsafeRawBufferPointer) -> ContextForesight {
        var foresight = ContextForesight()
        guard deepest > 0, deepest <= 4, let base = bytes.baseAddress, var end = Self.targetStart(bytes), bytes[end] == 0x2f
        else {
            return foresight
        }
        var hash = seed
        for depth in 0..<deepest {
            let start = end
            end &+= 1
            while end < bytes.count, !Self.endsSegment(bytes[end]) { end &+= 1 }
            guard end < bytes.count else { return ContextForesight() }
            hash = ByteHash.hash(base + start, end &- start, seed: hash)
            if hasContexts(ofSegments: depth &+ 1) {
                foresight.hashes[depth] = hash
                index.fetchSlot(hash)
            }
            if bytes[end] != 0x2f { break }
        }
        return foresight
    }

    /// Finds the entry, and has the processor fetch it.
    @inline(__always)
    func follow(_ foresight: inout ContextForesight) {
        for depth in stride(from: deepest &- 1, through: 0, by: -1) where depth < 4 && foresight.hashes[depth] != 0 {
            guard let entry = index.firstUnheld(foresight.hashes[depth]) else { continue }
            foresight.entry = entry
            WorkingSet.fetch(from: UInt(bitPattern: entry.toOpaque()), lines: 5)
            return
        }
    }

    /// Where the target begins: behind the first space, which ends the method.
    @inline(__always)
    private static func targetStart(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var place = 0
        let end = min(bytes.count &- 1, 16)
        while place < end {
            if bytes[place] == 0x20 { return place &+ 1 }
            place &+= 1
        }
        return nil
    }

    /// `/`, `?`, and everything that ends a target.
    @inline(__always)
    private static func endsSegment(_ byte: UInt8) -> Bool { byte == 0x2f || byte == 0x3f || byte <= 0x20 }
}

extension ContextForesight {
    /// Has the processor fetch what requests of the foreseen API are going to read.
    @inline(__always)
    func fetchWorkingSet() { entry?._withUnsafeGuaranteedRef { $0.fetchWorkingSet() } }

    /// The match, if the foreseen entry is that of the path and no other one can be better.
    @inline(__always)
    func match(_ path: UnsafeRawBufferPointer) -> ContextIndex.Match? {
        entry?._withUnsafeGuaranteedRef { entry in
            let count = entry.shortCount
            guard entry.onlyAPI >= 0, !entry.isOnlyDefaultVersion, count <= path.count,
                path.count == count || path[count] == 0x2f,
                entry.isContext(UnsafeRawBufferPointer(rebasing: path[..<count]))
            else { return nil }
            return ContextIndex.Match(api: entry.onlyAPI, count: count, isDefaultVersion: false)
        }
    }
}
