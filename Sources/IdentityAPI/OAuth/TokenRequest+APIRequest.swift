import ContractRouter
import Documents
import Identity
import Model

extension TokenRequest {
    /// Reads the parameters of a form, of a JSON object, and of the query string. Values that are no scalars are refused.
    init(_ request: APIRequest) throws {
        var parameters: [String: [String]] = [:]
        for members in [Self.members(of: request.body), request.query] {
            for (name, value) in members where !value.isNull {
                parameters[name, default: []] += try Self.texts(value)
            }
        }
        self.init(
            parameters: parameters, queryNames: Set(request.query.names), authorization: request.headers["authorization"],
            tenant: request.tenant, clientAddress: request.clientAddress, requestID: request.requestID,
            milliseconds: request.milliseconds)
    }

    private static func members(of body: APIRequest.Body) -> JSONObject {
        switch body {
        case .form(let form): form
        case .json(let json): json.object ?? JSONObject()
        case .none, .multipart, .bytes: JSONObject()
        }
    }

    private static func texts(_ value: JSONValue) throws -> [String] {
        switch value {
        case .string(let text): [text]
        case .number(let number): [number.text]
        case .bool(let flag): [flag ? "true" : "false"]
        case .array(let values): try values.flatMap(texts)
        case .null: []
        case .object: throw OAuthError.invalidRequest("Invalid request with nested parameters.")
        }
    }
}
