import Documents
import Model

/// Turns a deployed revision into what gateways work with.
struct GatewayCompiler {
    let tenant: Tenant

    /// `revision` is the copied document; `api` gives identity and the present lifecycle state. `isDefaultHost` says that the deployment is on the
    /// environment's first host, which serves every name under which the gateway is reached.
    func compile(
        _ api: APIRecord, document: JSONObject, deployment: RevisionDeployment, isDefaultHost: Bool
    ) -> GatewayAPI {
        GatewayAPI(
            id: api.id, number: api.number, environment: deployment.environment, revisionID: deployment.revisionID,
            tenant: tenant.id, tenantDomain: tenant.domain, name: api.name, version: api.version, provider: api.provider,
            type: api.type, context: api.context, defaultContext: api.servesDefault ? api.contextTemplate.withoutVersion : nil,
            lifecycleState: api.lifecycleState.rawValue, hosts: isDefaultHost ? [] : [deployment.vhost],
            transports: document.strings("transport"), securitySchemes: document.strings("securityScheme"),
            authorizationHeader: text(document["authorizationHeader"], default: "Authorization"),
            apiKeyHeader: text(document["apiKeyHeader"], default: "ApiKey"),
            keyManagers: document.strings("keyManagers"),
            audiences: document.strings("audiences").filter { $0 != "all" },
            requiresSubscription: requiresSubscription(document), cors: cors(document["corsConfiguration"]),
            policy: document["apiThrottlingPolicy"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            production: EndpointCompiler.group(.production, of: document["endpointConfig"]?.object),
            sandbox: EndpointCompiler.group(.sandbox, of: document["endpointConfig"]?.object),
            operations: (document["operations"]?.array ?? []).map(operation))
    }

    /// Without a plan, or with the internal one only, any valid token of the tenant is accepted.
    private func requiresSubscription(_ document: JSONObject) -> Bool {
        document.strings("policies").contains { !ThrottlingPolicy.internalPlanNames.contains($0) }
    }

    private func operation(_ members: JSONValue) -> GatewayOperation {
        GatewayOperation(
            verb: members["verb"]?.string ?? "", target: members["target"]?.string ?? "",
            authType: text(members["authType"], default: "Any"),
            policy: text(members["throttlingPolicy"], default: ThrottlingPolicy.unlimitedName),
            scopes: members["scopes"]?.strings ?? [])
    }

    private func cors(_ value: JSONValue?) -> GatewayCORS? {
        guard let value, value["corsConfigurationEnabled"]?.bool ?? false else { return nil }
        return GatewayCORS(
            origins: value["accessControlAllowOrigins"]?.strings ?? [],
            headers: value["accessControlAllowHeaders"]?.strings ?? [],
            methods: value["accessControlAllowMethods"]?.strings ?? [], exposedHeaders: [],
            allowsCredentials: value["accessControlAllowCredentials"]?.bool ?? false)
    }

    private func text(_ value: JSONValue?, default standard: String) -> String {
        guard let text = value?.string, !text.isEmpty else { return standard }
        return text
    }
}
