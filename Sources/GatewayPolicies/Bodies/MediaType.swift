/// The type of a body (RFC 9110 §8.3.1), without its parameters.
struct MediaType {
    private let name: String

    init(_ value: String) {
        var name = value.prefix { $0 != ";" }
        while name.last?.isWhitespace ?? false { name.removeLast() }
        self.name = name.lowercased()
    }

    var isJSON: Bool { name == "application/json" || name == "text/json" || name.hasSuffix("+json") }
    var isXML: Bool { name == "application/xml" || name == "text/xml" || name.hasSuffix("+xml") }
}
