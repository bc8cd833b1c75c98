import Model

/// The function behind an operation.
final class CompiledFunction: Sendable {
    let definition: GatewayLambdaFunction
    /// The operation's template.
    let template: String
    private let segments: [Segment]

    private enum Segment { case fixed, variable(String), rest }

    /// `nil` for an operation without a function.
    init?(_ operation: GatewayOperation) {
        guard let definition = operation.lambda else { return nil }
        self.definition = definition
        template = operation.target
        segments = operation.target.split(separator: "/").map { part in
            if part == "*" { return .rest }
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .fixed }
            let name = part.dropFirst().dropLast()
            return .variable(String(name.hasPrefix("+") ? name.dropFirst() : name))
        }
    }

    /// The values of the template's variables in a path below the API's context.
    func parameters(in path: some Collection<UInt8>) -> [(name: String, value: String)] {
        let parts = path.split(separator: 0x2f)
        return zip(segments, parts).compactMap { segment, part in
            guard case .variable(let name) = segment else { return nil }
            return (name: name, value: String(decoding: PercentEncoding.decodedPath(part), as: UTF8.self))
        }
    }
}
