/// Finds the API of a path: the longest context that the path equals or continues with `/`; contexts with version before the
/// version-less ones of default versions.
struct ContextIndex: Sendable {
    /// One API that answers under a context.
    struct Candidate: Sendable {
        var api: Int32
        /// Whether the context is the one without version.
        var isDefaultVersion: Bool
        /// Virtual hosts in lower case; empty for all.
        var hosts: [[UInt8]]
        /// What requests of the API are going to read.
        var workingSet = WorkingSet()
    }

    struct Match {
        var api: Int32
        /// Bytes of the context.
        var count: Int
        var isDefaultVersion: Bool
    }

    let seed: UInt64
    private(set) var index = ShardedIndex<ContextEntry>()
    /// How many contexts there are of each number of segments: paths need not be looked at any deeper.
    private var depths: [Int] = []

    init(seed: UInt64) { self.seed = seed }

    /// Segments of the longest contexts.
    var deepest: Int { depths.count &- 1 }

    @inline(__always)
    func hasContexts(ofSegments depth: Int) -> Bool { depths[depth] > 0 }

    // MARK: Looking up

    /// - Parameters:
    ///   - host: the value of `Host`, with or without port.
    ///   - foresight: what was found out about the same request.
    @inline(__always)
    func match(
        _ path: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer, _ foresight: ContextForesight = ContextForesight()
    ) -> Match? {
        foresight.match(path) ?? search(path, host)
    }

    private func search(_ path: UnsafeRawBufferPointer, _ host: UnsafeRawBufferPointer) -> Match? {
        var versioned = Match(api: -1, count: 0, isDefaultVersion: false)
        var unversioned = Match(api: -1, count: 0, isDefaultVersion: true)
        var hash = seed
        var end = 0
        var depth = 0
        while true {
            if depth < depths.count, depths[depth] > 0 { consider(path, end, hash, host, &versioned, &unversioned) }
            depth &+= 1
            guard end < path.count, depth < depths.count, let base = path.baseAddress else { break }
            let start = end
            end &+= 1
            while end < path.count, path[end] != 0x2f { end &+= 1 }
            hash = ByteHash.hash(base + start, end &- start, seed: hash)
        }
        if versioned.api >= 0, versioned.count > 0 || unversioned.api < 0 { return versioned }
        return unversioned.api >= 0 ? unversioned : nil
    }

    @inline(__always)
    private func consider(
        _ path: UnsafeRawBufferPointer, _ end: Int, _ hash: UInt64, _ host: UnsafeRawBufferPointer, _ versioned: inout Match,
        _ unversioned: inout Match
    ) {
        let prefix = UnsafeRawBufferPointer(rebasing: path[0..<end])
        guard let entry = index.first(hash, where: { $0.isContext(prefix) }) else { return }
        if entry.onlyAPI >= 0 {
            entry.fetchWorkingSet()
            let match = Match(api: entry.onlyAPI, count: end, isDefaultVersion: entry.isOnlyDefaultVersion)
            if match.isDefaultVersion { unversioned = match } else { versioned = match }
            return
        }
        for isDefault in [false, true] {
            let api = Self.choose(entry.candidates, isDefault, host)
            guard api >= 0 else { continue }
            let match = Match(api: api, count: end, isDefaultVersion: isDefault)
            if isDefault { unversioned = match } else { versioned = match }
        }
    }

    /// The candidate for the host; else the one for all hosts; else -1.
    private static func choose(_ candidates: [Candidate], _ isDefault: Bool, _ host: UnsafeRawBufferPointer) -> Int32 {
        var any: Int32 = -1
        for candidate in candidates where candidate.isDefaultVersion == isDefault {
            if candidate.hosts.isEmpty {
                any = candidate.api
            } else {
                let name = withoutPort(host)
                for host in candidate.hosts where Bytes.equalIgnoringCase(name, host) { return candidate.api }
            }
        }
        return any
    }

    private static func withoutPort(_ host: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = host.count
        while end > 0, host[end - 1] &- 0x30 < 10 { end -= 1 }
        return end > 0 && host[end - 1] == 0x3a ? UnsafeRawBufferPointer(rebasing: host[0..<(end - 1)]) : host
    }

    // MARK: Changing

    /// Adds a candidate under a context such as `/pizza/1.0.0`, or `` for everything.
    mutating func insert(_ candidate: Candidate, at context: [UInt8]) {
        let others = candidates(at: context)
        set(others + [candidate], at: context)
        if others.isEmpty { count(context, 1) }
    }

    /// Removes what an API has under a context.
    mutating func remove(api: Int32, at context: [UInt8]) {
        let before = candidates(at: context)
        let rest = before.filter { $0.api != api }
        guard rest.count < before.count else { return }
        set(rest, at: context)
        if rest.isEmpty { count(context, -1) }
    }

    private func candidates(at context: [UInt8]) -> [Candidate] {
        index.first(hash(of: context)) { $0.context == context }?.candidates ?? []
    }

    private mutating func set(_ candidates: [Candidate], at context: [UInt8]) {
        let hash = hash(of: context)
        if candidates.isEmpty {
            index.remove(hash) { $0.context == context }
        } else {
            index.set(ContextEntry(context: context, candidates: candidates), for: hash) { $0.context == context }
        }
    }

    private mutating func count(_ context: [UInt8], _ change: Int) {
        let depth = context.count { $0 == 0x2f }
        while depths.count <= depth { depths.append(0) }
        depths[depth] += change
        while depths.last == 0 { depths.removeLast() }
    }

    private func hash(of context: [UInt8]) -> UInt64 {
        context.withUnsafeBytes { bytes in
            var hash = seed
            var end = 0
            while end < bytes.count, let base = bytes.baseAddress {
                let start = end
                end += 1
                while end < bytes.count, bytes[end] != 0x2f { end += 1 }
                hash = ByteHash.hash(base + start, end - start, seed: hash)
            }
            return hash
        }
    }
}
