import Documents
import FoundationEssentials
import Model

/// Calls functions of AWS Lambda. Called off the event loops.
public protocol FunctionCaller: Sendable {
    /// What a function answers to an event. Throws if it cannot be reached, is not allowed, or fails.
    func call(_ function: GatewayLambdaFunction, _ access: GatewayLambdaAccess, event: FunctionEvent) async throws -> [UInt8]
}

/// A request in the form in which functions get it.
public struct FunctionEvent: Sendable {
    var method: String
    /// The template of the operation, for instance `/order/{id}`.
    var path: String
    var fields: [(name: [UInt8], value: [UInt8])]
    /// Values by the names in the template.
    var pathParameters: [(name: String, value: String)]
    /// Without question mark.
    var query: [UInt8]
    var body: [UInt8]
    /// Whether the body is sent in Base64 whatever it holds.
    var encodesBody: Bool

    /// The event as JSON text. A body that is no text is sent in Base64.
    public var json: [UInt8] {
        let text = encodesBody ? nil : String(validating: body, as: UTF8.self)
        let content = body.isEmpty ? "{}" : text ?? Data(body).base64EncodedString()
        let event: JSONValue = [
            "headers": Self.object(fields.map { (Self.text($0.name), Self.text($0.value)) }, separator: ", "),
            "pathParameters": Self.object(pathParameters.map { ($0.name, $0.value) }, separator: ","),
            "queryStringParameters": Self.object(queryParameters, separator: ","), "httpMethod": .string(method),
            "path": .string(path), "body": .string(content), "isBase64Encoded": .bool(!body.isEmpty && text == nil),
        ]
        return event.serialized()
    }

    private var queryParameters: [(String, String)] {
        query.split(separator: 0x26).map { part in
            let pair = part.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
            return (
                Self.text(PercentEncoding.decoded(pair[0])), pair.count > 1 ? Self.text(PercentEncoding.decoded(pair[1])) : ""
            )
        }
    }

    /// Values of one name become one.
    private static func object(_ members: [(String, String)], separator: String) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members {
            object[name] = .string(object[name]?.string.map { $0 + separator + value } ?? value)
        }
        return .object(object)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
