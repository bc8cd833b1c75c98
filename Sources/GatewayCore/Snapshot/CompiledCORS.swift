import Model

/// Cross-origin rules with their header lines prepared.
final class CompiledCORS: Sendable {
    private let allowsAnyOrigin: Bool
    private let origins: [[UInt8]]
    private let allowsCredentials: Bool
    /// Lines of answers to pre-flights that do not depend on the request.
    private let preflightLines: [UInt8]
    private let exposedLine: [UInt8]
    /// Verbs that may be offered, one bit each.
    private let methods: UInt8
    /// Whether the list is the API's own, so that it is answered as it is.
    private let methodsAreOwn: Bool

    /// - Parameters:
    ///   - ownHeader: the API's authorization header, which is always among the allowed ones.
    ///   - isOwn: whether the rules are the API's own instead of the gateway's.
    init(_ rules: GatewayCORS, ownHeader: String, isOwn: Bool) {
        allowsAnyOrigin = rules.origins.contains("*")
        origins = rules.origins.map { Array($0.utf8) }
        allowsCredentials = rules.allowsCredentials
        var headers = rules.headers
        if !headers.contains(where: { $0.lowercased() == ownHeader.lowercased() }) { headers.append(ownHeader) }
        preflightLines = Self.line("Access-Control-Allow-Headers", headers.joined(separator: ","))
        exposedLine = Self.line("Access-Control-Expose-Headers", rules.exposedHeaders.joined(separator: ","))
        methods = rules.methods.compactMap { Verb(name: $0) }.reduce(0) { $0 | 1 << $1.rawValue }
        methodsAreOwn = isOwn
    }

    /// A header line, or nothing if there is no value or the value could break out of its line.
    private static func line(_ name: String, _ value: String) -> [UInt8] {
        guard !value.isEmpty, !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return [] }
        return Array("\(name): \(value)\r\n".utf8)
    }

    /// Appends what every answer says to the origin of the request; the origin is empty if there is none.
    func appendLines(origin: UnsafeRawBufferPointer, to output: OutputBuffer) {
        if allowsAnyOrigin {
            output.append("Access-Control-Allow-Origin: *\r\n")
        } else {
            output.append("Vary: Origin\r\n")
            guard !origin.isEmpty, origins.contains(where: { Bytes.equal(origin, $0) }) else { return }
            output.append("Access-Control-Allow-Origin: ")
            output.append(origin)
            output.append("\r\n")
            if allowsCredentials { output.append("Access-Control-Allow-Credentials: true\r\n") }
        }
        output.append(exposedLine)
    }

    /// Appends what the answer to a pre-flight says besides.
    ///
    /// - Parameter offered: the verbs of the requested resource, one bit each.
    func appendPreflightLines(offered: UInt8, to output: OutputBuffer) {
        let verbs = methodsAreOwn ? methods : methods & offered
        let names = Verb.allCases.filter { verbs & 1 << $0.rawValue != 0 }.map { "\($0.name)" }
        output += Self.line("Access-Control-Allow-Methods", names.joined(separator: ","))
        output += preflightLines
    }
}
