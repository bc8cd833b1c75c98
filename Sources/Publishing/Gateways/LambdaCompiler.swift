import Documents
import Model

/// Turns the AWS Lambda members of an API into what gateways use.
enum LambdaCompiler {
    /// The access of an `endpointConfig` of type `awslambda`.
    static func access(_ configuration: JSONObject, secrets: [String: String]) -> GatewayLambdaAccess {
        let isStored = configuration["access_method"]?.string != "role-supplied"
        let accessKey = isStored ? text(configuration, "amznAccessKey") : nil
        return GatewayLambdaAccess(
            accessKey: accessKey,
            secretKey: accessKey == nil ? nil : secrets["/endpointConfig/amznSecretKey"].map(GatewaySecret.init),
            region: text(configuration, "amznRegion"), role: role(configuration))
    }

    /// The function of an operation; `nil` when it names none.
    static func function(_ operation: JSONValue) -> GatewayLambdaFunction? {
        guard let name = operation["amznResourceName"]?.string, !name.isEmpty else { return nil }
        var function = GatewayLambdaFunction(
            resourceName: name, encodesContent: operation["amznResourceContentEncode"]?.bool ?? false)
        if let timeout = operation["amznResourceTimeout"]?.int, (1_000...900_000).contains(timeout) {
            function.timeoutMilliseconds = timeout
        }
        return function
    }

    private static func role(_ configuration: JSONObject) -> GatewayLambdaRole? {
        guard configuration["assume_role"]?.bool ?? false, let name = text(configuration, "amznRoleArn") else { return nil }
        return GatewayLambdaRole(
            resourceName: name, sessionName: text(configuration, "amznRoleSessionName") ?? "martlet",
            region: text(configuration, "amznRoleRegion") ?? text(configuration, "amznRegion") ?? "")
    }

    private static func text(_ members: JSONObject, _ name: String) -> String? {
        members[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
