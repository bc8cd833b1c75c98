/// The rules of an operation's messages. Schemas are indices into the list that belongs to them.
struct OperationMessageRules: Sendable {
    struct Content: Sendable {
        var range: MediaRange
        var schema: Int?
        /// Members that are lists, which forms do not show when there is one element.
        var lists: Set<String> = []
    }

    struct Body: Sendable {
        var isRequired: Bool
        var contents: [Content]
    }

    /// The statuses for which the rules of an answer hold.
    enum Status: Sendable, Hashable {
        case code(Int)
        /// `2` for `2XX`.
        case group(Int)
        case others

        init?(_ name: String) {
            if name == "default" {
                self = .others
            } else if let code = Int(name) {
                self = .code(code)
            } else if name.count == 3, name.uppercased().hasSuffix("XX"), let digit = name.first?.wholeNumberValue {
                self = .group(digit)
            } else {
                return nil
            }
        }
    }

    var parameters: [ParameterRule] = []
    var body: Body?
    var responses: [(status: Status, rules: ResponseMessageRules)] = []
}

/// The rules of answers with one status.
public struct ResponseMessageRules: Sendable {
    var headers: [ParameterRule] = []
    var contents: [OperationMessageRules.Content] = []
}

/// What is said of one parameter, or of one field of an answer.
struct ParameterRule: Sendable {
    enum Place: String, Sendable { case path, query, header, cookie }

    /// How a value becomes text (OpenAPI 3.0 §4.7.12, "Style Values"), as far as that is not the same for all.
    enum Style: Sendable {
        /// Between commas; `isExploded`: objects as `name=value`.
        case simple(isExploded: Bool)
        /// Repeated names, members of objects as names of their own.
        case exploded
        /// Between separators.
        case separated(Character)
        /// `name[member]`.
        case deepObject
        /// JSON text.
        case json
    }

    /// What the value is, as far as its text depends on it.
    enum Shape: Sendable, Hashable {
        case plain, array
        /// With the names of its members.
        case object([String])
    }

    var name: String
    var place: Place
    var isRequired: Bool
    var mayBeEmpty: Bool
    var style: Style
    var shape: Shape
    var schema: Int?
}

/// A media type, or a range of them such as `image/*` (RFC 9110 §12.5.1), without parameters.
struct MediaRange: Sendable, Hashable {
    let text: String
    private let type: Substring
    private let subtype: Substring

    init(_ text: String) {
        let essence = Self.essence(of: text)
        let parts = essence.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        self.text = essence
        type = parts[0]
        subtype = parts.count == 2 ? parts[1] : "*"
    }

    func includes(_ essence: String) -> Bool {
        if type == "*" { return true }
        guard !essence.isEmpty else { return false }
        return subtype == "*" ? essence.hasPrefix(type + "/") : essence == text
    }

    /// Lower case, without parameters.
    static func essence(of mediaType: String) -> String {
        var essence = mediaType.prefix { $0 != ";" }.drop(while: \.isWhitespace)
        while essence.last?.isWhitespace ?? false { essence.removeLast() }
        return essence.lowercased()
    }
}
