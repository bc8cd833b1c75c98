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

    private static func fill(_ index: Int, _ branch: Branch, _ trie: inout ResourceTrie) {
        var node = ResourceTrie.Node()
        node.terminal = table(branch.terminal, &trie)
        node.rest = table(branch.rest, &trie)
        node.wildcard = table(branch.wildcard, &trie)
        let children = addEdges(branch, &node, &trie) + addTemplates(branch, &node, &trie)
        trie.nodes[index] = node
        for (index, child) in children { fill(index, child, &trie) }
    }

    private static func addEdges(
        _ branch: Branch, _ node: inout ResourceTrie.Node, _ trie: inout ResourceTrie
    ) -> [(Int, Branch)] {
        let ordered = branch.literals
            .map { (hash: ByteHash.hash($0.key, seed: ResourceTrie.hashSeed), literal: $0.key, branch: $0.value) }
            .sorted { $0.hash < $1.hash }
        node.firstEdge = Int32(trie.edges.count)
        node.edgeCount = Int32(ordered.count)
        return ordered.map { hash, literal, branch in
            let child = reserve(&trie)
            let range = append(literal, &trie)
            trie.edges.append(
                ResourceTrie.Edge(hash: hash, start: range.lowerBound, count: Int32(range.count), child: Int32(child)))
            return (child, branch)
        }
    }

    private static func addTemplates(
        _ branch: Branch, _ node: inout ResourceTrie.Node, _ trie: inout ResourceTrie
    ) -> [(Int, Branch)] {
        var children: [(Int, Branch)] = []
        node.firstPattern = Int32(trie.patterns.count)
        node.patternCount = Int32(branch.patterns.count)
        for (parts, pattern) in branch.patterns {
            let child = reserve(&trie)
            let literals = parts.map { append($0, &trie) }
            trie.patterns.append(.init(pattern: SegmentPattern(literals: literals), child: Int32(child)))
            children.append((child, pattern))
        }
        if let parameter = branch.parameter {
            node.parameter = Int32(reserve(&trie))
            children.append((Int(node.parameter), parameter))
        }
        if let parameter = branch.reservedParameter {
            node.reservedParameter = Int32(reserve(&trie))
            children.append((Int(node.reservedParameter), parameter))
        }
        return children
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
