import Documents
import Model

/// Tells what answers the calls of an API, from its document or from what a product's revision copied of it.
enum EndpointKindCompiler {
    /// `nil` for the plain case: addresses.
    static func kind(of document: JSONObject, secrets: [String: String]) -> GatewayEndpointKind? {
        switch document["endpointImplementationType"]?.string {
        case "INLINE", "MOCKED_OAS": return .mock
        default: break
        }
        guard let configuration = document["endpointConfig"]?.object else { return nil }
        switch configuration["endpoint_type"]?.string {
        case "default": return .dynamic
        case "awslambda": return .lambda(LambdaCompiler.access(configuration, secrets: secrets))
        default: return nil
        }
    }
}
