import Documents
import Model

/// Reads `endpointConfig`, the free-form member that says where an API's requests go.
enum Endpoints {
    /// Every endpoint URL of the configuration.
    static func urls(in configuration: JSONObject?) -> [String] {
        guard let configuration else { return [] }
        return members.flatMap { list(configuration[$0]) }.compactMap { $0["url"]?.string }
    }

    /// The endpoints of one member, which is an object or an array of objects.
    static func list(_ value: JSONValue?) -> [JSONObject] {
        switch value {
        case .object(let endpoint): [endpoint]
        case .array(let endpoints): endpoints.compactMap(\.object)
        default: []
        }
    }

    static let members = ["production_endpoints", "sandbox_endpoints", "production_failovers", "sandbox_failovers"]
}
