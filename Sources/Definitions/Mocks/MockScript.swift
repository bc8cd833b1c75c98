import Documents
import Model

/// The scripts of inline mock implementations: written for an operation's examples, and read back into answers.
///
/// Gateways run no scripts. A script is accepted when all that it does is to choose one of fixed answers, as the generated ones do; then the
/// answers are read out of it. Everything else is refused with the reason.
public enum MockScript {
    /// Why a script cannot be turned into answers; the end of a sentence.
    public struct Refusal: Error, Sendable, Hashable {
        public var reason: String
    }

    /// The script for answers, which people may then edit: bodies, media types and status codes.
    public static func text(for responses: [GatewayMock.Response]) -> String {
        var lines = [
            "// The answers of the operation; a call chooses one with the query parameter responseCode and with its Accept header.",
            "var responses = [];",
        ]
        var statuses: [Int] = []
        for response in responses {
            if !statuses.contains(response.status) {
                statuses.append(response.status)
                lines.append("responses[\(response.status)] = [];")
            }
            let body = JSONValue(response.body).text
            lines.append("responses[\(response.status)][\(JSONValue(response.mediaType).text)] = \(body);")
        }
        return (lines + [choice(statuses.first ?? 200)]).joined(separator: "\n") + "\n"
    }

    private static func choice(_ first: Int) -> String {
        """
        var responseCode = mc.getProperty('query.param.responseCode');
        if (!responses[responseCode]) { responseCode = \(first); }
        var accept = mc.getProperty('AcceptHeader');
        if (!responses[responseCode][accept]) { for (accept in responses[responseCode]) { break; } }
        mc.setProperty('HTTP_SC', responseCode);
        mc.setProperty('CONTENT_TYPE', accept);
        mc.setPayloadJSON(responses[responseCode][accept]);
        """
    }

    /// The answers that a script chooses from.
    public static func responses(of script: String) throws(Refusal) -> [GatewayMock.Response] {
        guard script.utf8.count <= maximumLength else {
            throw Refusal(reason: "the script has more than \(maximumLength) bytes")
        }
        let tokens = try MockScriptToken.tokens(of: script)
        for (index, token) in tokens.enumerated() {
            guard case .word(let word) = token, !words.contains(word) else { continue }
            // The names of an answer's members may be anything.
            if index + 1 < tokens.count, tokens[index + 1] == .sign(":") { continue }
            throw Refusal(
                reason: "the script uses '\(word)', but only scripts that choose one of fixed answers can be deployed")
        }
        let table = try MockScriptReader(tokens).assignments()
        if !table.isEmpty { return table }
        return [try MockScriptReader(tokens).fixedAnswer()]
    }

    private static let maximumLength = 1 << 20

    /// All that generated scripts consist of beside strings, numbers and signs.
    private static let words: Set<String> = [
        "var", "if", "else", "for", "in", "break", "null", "true", "false", "mc", "getProperty", "setProperty",
        "setPayloadJSON",
        "setPayloadXML", "responses", "responseCode", "responseCodeSC", "accept", "String", "parseInt", "toString",
    ]
}
