/// Makes a ``ResourceTrie`` out of path templates.
struct ResourceTrieBuilder {
    private final class Branch {
        var literals: [[UInt8]: Branch] = [:]
        var patterns: [(parts: [[UInt8]], branch: Branch)] = []
        var parameter: Branch?
        var reservedParameter: Branch?
        var terminal: [Verb: Int32] = [:]
        var rest: [Verb: Int32] = [:]
        var wildcard: [Verb: Int32] = [:]
    }

    private let root = Branch()

    /// Adds an operation; the first of equal templates and verbs counts.
    func add(_ template: String, _ verb: Verb, operation: Int32) {
        let path = template.prefix { $0 != "?" && $0 != "#" }
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.first == "" { segments.removeFirst() }
        while segments.last == "" { segments.removeLast() }
        var branch = root
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if isLast, segment == "*" { return Self.set(&branch.wildcard, verb, operation) }
            if isLast, Self.isReservedParameter(segment) { return Self.set(&branch.rest, verb, operation) }
            branch = Self.child(of: branch, segment)
        }
        Self.set(&branch.terminal, verb, operation)
    }

    private static func set(_ table: inout [Verb: Int32], _ verb: Verb, _ operation: Int32) {
        if table[verb] == nil { table[verb] = operation }
    }

    private static func isReservedParameter(_ segment: String) -> Bool { segment.hasPrefix("{+") && segment.hasSuffix("}") }

    private static func child(of branch: Branch, _ segment: String) -> Branch {
        if isReservedParameter(segment) { return descend(&branch.reservedParameter) }
        let parts = parts(of: segment)
        if parts.count == 1 {
            let literal = parts[0]
            let child = branch.literals[literal] ?? Branch()
            branch.literals[literal] = child
            return child
        }
        if parts.allSatisfy(\.isEmpty) { return descend(&branch.parameter) }
        if let known = branch.patterns.first(where: { $0.parts == parts }) { return known.branch }
        let child = Branch()
        branch.patterns.append((parts, child))
        return child
    }

    private static func descend(_ branch: inout Branch?) -> Branch {
        let child = branch ?? Branch()
        branch = child
        return child
    }

    /// The literal parts around the variables of a segment; a single part if there is no variable.
    private static func parts(of segment: String) -> [[UInt8]] {
        var parts = [""]
        var isInVariable = false
        for character in segment {
            switch character {
            case "{" where !isInVariable: isInVariable = true
            case "}" where isInVariable:
                isInVariable = false
                parts.append("")
            case "*" where !isInVariable: parts.append("")
            default: if !isInVariable { parts[parts.count - 1].append(character) }
            }
        }
        return parts.map(PathNormalization.definition)
    }

    /// The flat form.
    func build() -> ResourceTrie {
        var trie = ResourceTrie()
        trie.nodes.append(ResourceTrie.Node())
        Self.fill(0, root, &trie)
        return trie
    }

    /// Writes a branch's node, and behind it those of its children, each followed by its own.
    private static func fill(_ index: Int, _ branch: Branch, _ trie: inout ResourceTrie) {
        trie.nodes[index].terminal = table(branch.terminal, &trie)
        trie.nodes[index].rest = table(branch.rest, &trie)
        trie.nodes[index].wildcard = table(branch.wildcard, &trie)
        addEdges(index, branch, &trie)
        if let parameter = branch.parameter { trie.nodes[index].parameter = add(parameter, &trie) }
        guard !branch.patterns.isEmpty || branch.reservedParameter != nil else { return }
        trie.nodes[index].rarity = Int32(trie.rarities.count)
        addTemplates(branch, &trie)
    }

    private static func addEdges(_ index: Int, _ branch: Branch, _ trie: inout ResourceTrie) {
        let ordered = branch.literals
            .map { (hash: $0.key.withUnsafeBytes(ResourceTrie.hash), literal: $0.key, branch: $0.value) }
            .sorted { ($0.hash, $0.literal.count) < ($1.hash, $1.literal.count) }
        let first = trie.edges.count
        trie.nodes[index].firstEdge = Int32(first)
        trie.nodes[index].edgeCount = Int32(ordered.count)
        for (hash, literal, _) in ordered {
            let range = append(literal, &trie)
            trie.edges.append(ResourceTrie.Edge(hash: hash, start: range.lowerBound, count: Int32(range.count), child: -1))
        }
        for (offset, edge) in ordered.enumerated() { trie.edges[first + offset].child = add(edge.branch, &trie) }
    }

    private static func addTemplates(_ branch: Branch, _ trie: inout ResourceTrie) {
        var rarity = ResourceTrie.Rarity()
        rarity.firstPattern = Int32(trie.patterns.count)
        rarity.patternCount = Int32(branch.patterns.count)
        let place = trie.rarities.count
        trie.rarities.append(rarity)
        for (parts, _) in branch.patterns {
            let literals = parts.map { append($0, &trie) }
            trie.patterns.append(.init(pattern: SegmentPattern(literals: literals), child: -1))
        }
        for (offset, pattern) in branch.patterns.enumerated() {
            trie.patterns[Int(rarity.firstPattern) + offset].child = add(pattern.branch, &trie)
        }
        if let reserved = branch.reservedParameter { trie.rarities[place].reservedParameter = add(reserved, &trie) }
    }

    /// Adds a child with everything below it, and answers its index.
    private static func add(_ branch: Branch, _ trie: inout ResourceTrie) -> Int32 {
        let index = reserve(&trie)
        fill(index, branch, &trie)
        return Int32(index)
    }

    private static func reserve(_ trie: inout ResourceTrie) -> Int {
        trie.nodes.append(ResourceTrie.Node())
        return trie.nodes.count - 1
    }

    private static func append(_ literal: [UInt8], _ trie: inout ResourceTrie) -> Range<Int32> {
        let start = Int32(trie.text.count)
        trie.text += literal
        return start..<Int32(trie.text.count)
    }

    private static func table(_ operations: [Verb: Int32], _ trie: inout ResourceTrie) -> Int32 {
        guard !operations.isEmpty else { return -1 }
        let table = trie.tables.count / ResourceTrie.verbCount
        trie.tables += Verb.allCases.map { operations[$0] ?? -1 }
        return Int32(table)
    }
}
