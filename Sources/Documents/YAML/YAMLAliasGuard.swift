import Yams

/// Refuses texts whose composition alone could take exponential time. Composing shares what aliases repeat, but compares the
/// keys of a mapping by their expanded content; JSON has no keys but strings, so nothing useful is lost.
enum YAMLAliasGuard {
    /// With this many aliases even the worst chain of anchors expands to some 60,000 nodes.
    private static let harmlessAliases = 30
    /// Takes the place of `*`, so that what was an alias becomes a plain scalar. A character for private use.
    private static let mark = "\u{E000}"

    /// Composes the text without its aliases and looks at the keys. Throws the parser's errors, too.
    static func check(_ text: String) throws {
        let stars = text.utf8.reduce(into: 0) { count, byte in if byte == UInt8(ascii: "*") { count += 1 } }
        guard stars > harmlessAliases, text.utf8.contains(UInt8(ascii: "&")) else { return }
        let plain = text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: mark)
        guard let root = try Parser(yaml: plain, resolver: .basic, encoding: .utf8).singleRoot() else { return }
        try checkKeys(root)
    }

    private static func checkKeys(_ node: Node) throws {
        switch node {
        case .scalar, .alias: return
        case .sequence(let sequence): for element in sequence { try checkKeys(element) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key, !scalar.string.hasPrefix(mark) else {
                    throw DocumentError(
                        "aliases are not allowed together with keys that are no strings",
                        line: key.mark?.line, column: key.mark?.column)
                }
                try checkKeys(value)
            }
        }
    }
}
