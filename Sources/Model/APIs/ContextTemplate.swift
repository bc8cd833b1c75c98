/// The path of an API below the gateway with the place of its version, for instance `/pizza/{version}` or `/t/example.com/{version}/pizza`.
public struct ContextTemplate: Sendable, Hashable {
    /// The whole template; `{version}` stands in it exactly once or more, each time as a whole segment.
    public let text: String

    /// Longest context that a user may give.
    public static let maximumLength = 200
    /// Longest context with the version resolved into it.
    public static let maximumResolvedLength = 232

    private static let placeholder = "{version}"

    /// Takes a template that was stored before.
    public init(stored text: String) { self.text = text }

    /// Checks what a user gave and completes it: leading slash, the tenant's prefix, the version's place.
    ///
    /// Throws 900253 with the reason, or 900704 when it is too long.
    public init(_ given: String, tenant: Tenant) throws {
        try Self.check(given)
        var template = given.hasPrefix("/") ? given : "/" + given
        if tenant.isSuper {
            guard !template.hasPrefix("/t/") else {
                throw CatalogueError.contextMalformed("a context below /t/ belongs to the tenant named there")
            }
        } else if !template.hasPrefix("/t/\(tenant.domain)/") {
            template = "/t/\(tenant.domain)" + template
        }
        if !template.split(separator: "/").contains(Substring(Self.placeholder)) { template += "/" + Self.placeholder }
        text = template
    }

    /// The gateway path of `version`, for instance `/pizza/1.0.0`.
    public func resolved(version: String) -> String {
        text.split(separator: "/").map { $0 == Self.placeholder ? version : String($0) }.reduce("") { $0 + "/" + $1 }
    }

    /// The context as REST answers show it: without the version's place at the end, with one elsewhere.
    public var displayed: String {
        let suffix = "/" + Self.placeholder
        return text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
    }

    /// The path that leads to the default version.
    public var withoutVersion: String {
        text.split(separator: "/").filter { $0 != Self.placeholder }.reduce("") { $0 + "/" + $1 }
    }

    private static func check(_ given: String) throws {
        guard !given.isEmpty, given != "/" else { throw CatalogueError.contextMalformed("the context is empty") }
        guard given.utf8.count <= maximumLength else {
            throw CatalogueError.lengthExceeds("context: at most \(maximumLength) characters")
        }
        guard given.utf8.allSatisfy(isAllowed) else {
            throw CatalogueError.contextMalformed("only letters, digits and _ $ { } / . ; ( ) - may stand in a context")
        }
        guard !given.hasSuffix("/") else { throw CatalogueError.contextMalformed("the context ends with '/'") }
        try checkSegments(of: given)
        try checkParentheses(of: given)
    }

    private static func checkSegments(of given: String) throws {
        let path = given.hasPrefix("/") ? given.dropFirst() : Substring(given)
        for segment in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw CatalogueError.contextMalformed("empty segments, '.' and '..' are not allowed")
            }
            guard segment == placeholder || !segment.contains(where: { $0 == "{" || $0 == "}" }) else {
                throw CatalogueError.contextMalformed("braces are allowed only in the whole segment {version}")
            }
        }
    }

    private static func checkParentheses(of given: String) throws {
        var depth = 0
        for byte in given.utf8 {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 { break }
        }
        guard depth == 0 else { throw CatalogueError.contextMalformed("the parentheses are not balanced") }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
