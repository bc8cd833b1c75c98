/// The operations of one API as a trie of path segments in flat arrays.
///
/// The most specific resource that has the verb wins: an exact path, then a template, then the longest prefix `…/*`. Trailing slashes
/// do not count. Paths are given in the spelling of ``PathNormalization``.
struct ResourceTrie: Sendable {
    enum Match: Equatable {
        /// Index of the operation in its API.
        case operation(Int32)
        /// The path is known, with other verbs.
        case methodNotAllowed
        case notFound
    }

    /// Small, and followed by its first child: the nodes of a path mostly lie in one line of the processor's cache.
    struct Node: Sendable {
        /// Literal children: a range of ``edges``, ordered by hash.
        var firstEdge: Int32 = 0
        var edgeCount: Int32 = 0
        /// Child of `{name}` or `*`; -1 for none.
        var parameter: Int32 = -1
        /// Index in ``rarities``; -1 for none.
        var rarity: Int32 = -1
        /// Verb tables of a resource that ends here, of `{+name}` below, of `/*` below; -1 for none.
        var terminal: Int32 = -1
        var rest: Int32 = -1
        var wildcard: Int32 = -1
    }

    /// Children of templates that few nodes have.
    struct Rarity: Sendable {
        /// Children with mixed segments such as `{id}.json`: a range of ``patterns``.
        var firstPattern: Int32 = 0
        var patternCount: Int32 = 0
        /// Child of `{+name}` before other segments; -1 for none.
        var reservedParameter: Int32 = -1
    }

    struct Edge: Sendable {
        var hash: UInt32
        var start: Int32
        var count: Int32
        var child: Int32
    }

    struct PatternEdge: Sendable {
        var pattern: SegmentPattern
        var child: Int32
    }

    private static let hashSeed: UInt64 = 0x6d61_7274_6c65_7421

    var nodes: [Node] = []
    var edges: [Edge] = []
    var rarities: [Rarity] = []
    var patterns: [PatternEdge] = []
    /// Texts of the literal segments.
    var text: [UInt8] = []
    /// For each table the operation of each verb, -1 for none.
    var tables: [Int32] = []

    static let verbCount = Verb.allCases.count

    /// Adds what look-ups read.
    func add(to set: inout WorkingSet) {
        set.add(nodes, most: 480)
        set.add(edges)
        set.add(text, most: 128)
        set.add(tables, most: 256)
    }

    /// - Parameters:
    ///   - path: below the API's context: empty or beginning with `/`.
    ///   - verb: `nil` for one that no operation has.
    func match(_ path: UnsafeRawBufferPointer, _ verb: Verb?) -> Match {
        var end = path.count
        while end > 0, path[end - 1] == 0x2f { end -= 1 }
        let path = UnsafeRawBufferPointer(rebasing: path[0..<end])
        if let verb {
            let operation = search(path, Int(verb.rawValue))
            if operation >= 0 { return .operation(operation) }
        }
        for other in Verb.allCases where other != verb {
            if search(path, Int(other.rawValue)) >= 0 { return .methodNotAllowed }
        }
        return .notFound
    }

    /// The verbs that a path has, one bit each.
    func verbs(of path: UnsafeRawBufferPointer) -> UInt8 {
        Verb.allCases.reduce(0) { found, verb in
            if case .operation = match(path, verb) { return found | 1 << verb.rawValue }
            return found
        }
    }

    private func search(_ path: UnsafeRawBufferPointer, _ verb: Int) -> Int32 {
        guard !nodes.isEmpty else { return -1 }
        var best = Best()
        let exact = visit(0, path, 0, 0, verb, &best)
        return exact >= 0 ? exact : best.rest >= 0 ? best.rest : best.wildcard
    }

    /// What a search would answer if no resource ends exactly at the path's end.
    private struct Best {
        var rest: Int32 = -1
        var wildcard: Int32 = -1
        var wildcardDepth = -1
    }

    @inline(__always)
    private func operation(_ table: Int32, _ verb: Int) -> Int32 {
        table < 0 ? -1 : tables[Int(table) &* Self.verbCount &+ verb]
    }

    /// Follows the path from a node, literal children first. Each node is visited at most once, so the trie's size bounds the work.
    private func visit(
        _ index: Int32, _ path: UnsafeRawBufferPointer, _ position: Int, _ depth: Int, _ verb: Int, _ best: inout Best
    ) -> Int32 {
        let node = nodes[Int(index)]
        if node.wildcard >= 0, depth > best.wildcardDepth {
            let found = operation(node.wildcard, verb)
            if found >= 0 {
                best.wildcard = found
                best.wildcardDepth = depth
            }
        }
        guard position < path.count else { return operation(node.terminal, verb) }
        let start = position &+ 1
        if node.rest >= 0, best.rest < 0, start < path.count { best.rest = operation(node.rest, verb) }
        var end = start
        while end < path.count, path[end] != 0x2f { end &+= 1 }
        let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
        if let child = literalChild(node, segment) {
            let found = visit(child, path, end, depth &+ 1, verb, &best)
            if found >= 0 { return found }
        }
        guard !segment.isEmpty, node.parameter >= 0 || node.rarity >= 0 else { return -1 }
        return visitTemplates(node, segment, path, end, depth, verb, &best)
    }

    private func visitTemplates(
        _ node: Node, _ segment: UnsafeRawBufferPointer, _ path: UnsafeRawBufferPointer, _ end: Int, _ depth: Int, _ verb: Int,
        _ best: inout Best
    ) -> Int32 {
        let rarity = node.rarity >= 0 ? rarities[Int(node.rarity)] : Rarity()
        for edge in patterns[Int(rarity.firstPattern)..<Int(rarity.firstPattern + rarity.patternCount)]
        where edge.pattern.matches(segment, text: text) {
            let found = visit(edge.child, path, end, depth + 1, verb, &best)
            if found >= 0 { return found }
        }
        if node.parameter >= 0, !SegmentPattern.hasReserved(segment) {
            let found = visit(node.parameter, path, end, depth + 1, verb, &best)
            if found >= 0 { return found }
        }
        return rarity.reservedParameter >= 0 ? visit(rarity.reservedParameter, path, end, depth + 1, verb, &best) : -1
    }

    /// The number that the edges of a literal segment are ordered by.
    @inline(__always)
    static func hash(_ segment: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: ByteHash.hash(segment, seed: hashSeed) >> 32)
    }

    @inline(__always)
    private func literalChild(_ node: Node, _ segment: UnsafeRawBufferPointer) -> Int32? {
        guard node.edgeCount > 0 else { return nil }
        let hash = Self.hash(segment)
        var low = Int(node.firstEdge)
        let end = low &+ Int(node.edgeCount)
        var high = end
        while low < high {
            let middle = (low &+ high) / 2
            if edges[middle].hash < hash { low = middle &+ 1 } else { high = middle }
        }
        while low < end, edges[low].hash == hash {
            let edge = edges[low]
            let isSame = text.withUnsafeBytes { text in
                Bytes.equal(segment, UnsafeRawBufferPointer(rebasing: text[Int(edge.start)..<Int(edge.start + edge.count)]))
            }
            if isSame { return edge.child }
            low &+= 1
        }
        return nil
    }
}
