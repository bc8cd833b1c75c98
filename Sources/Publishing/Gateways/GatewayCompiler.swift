import Definitions
import Documents
import Model

/// Turns a deployed revision into what gateways work with.
struct GatewayCompiler {
    let tenant: Tenant
    /// The secrets of the revision by the JSON pointer of their place in the document.
    var secrets: [String: String] = [:]
    /// The policies that the revision applies.
    var policies = AppliedPolicies([])

    /// Throws a 400 for a mock implementation that gateways cannot give, and for a definition that messages cannot be checked against. `document` and `definition` are what the revision copied; `api` gives
    /// identity and the present lifecycle state. `isDefaultHost` says that the deployment is on the first host of the installation's own
    /// environment, which serves every name under which the gateway is reached.
    func compile(
        _ api: APIRecord, document: JSONObject, definition: String = "", deployment: RevisionDeployment, isDefaultHost: Bool
    ) throws -> GatewayAPI {
        var compiled = basics(api, document, deployment, hosts: isDefaultHost ? [] : [deployment.vhost])
        compiled.endpointKind = EndpointKindCompiler.kind(of: document, secrets: secrets)
        if api.kind == .product { compiled.members = ProductCompiler(document: document, secrets: secrets).members }
        try setMocks(of: &compiled, document, definition)
        compiled.backendThroughput = BackendThroughputCompiler.throughput(document["maxTps"])
        if document["responseCachingEnabled"]?.bool ?? false, let seconds = document["cacheTimeout"]?.int, seconds > 0 {
            compiled.responseCacheSeconds = seconds
        }
        if document["enableSchemaValidation"]?.bool ?? false {
            compiled.validatedDefinition = try validated(definition, of: api)
        }
        compiled.policies = policyCompiler.flows(document["apiPolicies"], level: PolicyPlaces.apiLevel)
        return compiled
    }

    /// The definition, if messages can be checked against it; `nil` for APIs without an OpenAPI document.
    private func validated(_ definition: String, of api: APIRecord) throws -> String? {
        guard !definition.isEmpty, ["HTTP", "SOAPTOREST", APIRecord.productType].contains(api.type) else { return nil }
        do {
            _ = try MessageContract(try JSONValue.parse(definition))
        } catch {
            throw CatalogueError.schemaValidationImpossible("\(error)")
        }
        return definition
    }

    private var policyCompiler: PolicyCompiler { PolicyCompiler(policies: policies, secrets: secrets) }

    /// The answers of operations that the gateway itself gives.
    private func setMocks(of compiled: inout GatewayAPI, _ document: JSONObject, _ definition: String) throws {
        let members = document[ProductCapture.member]?.array
        let implementations = members?.map { $0["endpointImplementationType"] } ?? [document["endpointImplementationType"]]
        guard implementations.contains(where: { $0 == "INLINE" || $0 == "MOCKED_OAS" }) else { return }
        let mocks = MockCompiler(definition: try JSONValue.parse(definition.isEmpty ? "{}" : definition))
        for index in compiled.operations.indices {
            let operation = compiled.operations[index]
            let kind = implementations[operation.member ?? 0]
            guard kind == "INLINE" || kind == "MOCKED_OAS" else { continue }
            compiled.operations[index].mock = try mocks.mock(
                verb: operation.verb, target: operation.target, usesScripts: kind == "INLINE")
        }
    }

    private func basics(
        _ api: APIRecord, _ document: JSONObject, _ deployment: RevisionDeployment, hosts: [String]
    ) -> GatewayAPI {
        GatewayAPI(
            id: api.id, number: api.number, environment: deployment.environment, revisionID: deployment.revisionID,
            tenant: tenant.id, tenantDomain: tenant.domain, name: api.name, version: api.version, provider: api.provider,
            type: api.type, context: api.context, defaultContext: api.servesDefault ? api.contextTemplate.withoutVersion : nil,
            lifecycleState: api.lifecycleState.rawValue, hosts: hosts,
            transports: document.strings("transport"), securitySchemes: document.strings("securityScheme"),
            authorizationHeader: text(document["authorizationHeader"], default: "Authorization"),
            apiKeyHeader: text(document["apiKeyHeader"], default: "ApiKey"),
            keyManagers: document.strings("keyManagers"),
            audiences: document.strings("audiences").filter { $0 != "all" },
            requiresSubscription: requiresSubscription(document), cors: cors(document["corsConfiguration"]),
            policy: document["apiThrottlingPolicy"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            production: EndpointCompiler.group(.production, of: document["endpointConfig"]?.object, secrets: secrets),
            sandbox: EndpointCompiler.group(.sandbox, of: document["endpointConfig"]?.object, secrets: secrets),
            operations: (document["operations"]?.array ?? []).map { operation($0, document) })
    }

    /// Without a plan, or with the internal one only, any valid token of the tenant is accepted.
    private func requiresSubscription(_ document: JSONObject) -> Bool {
        document.strings("policies").contains { !ThrottlingPolicy.internalPlanNames.contains($0) }
    }

    private func operation(_ members: JSONValue, _ document: JSONObject) -> GatewayOperation {
        var operation = GatewayOperation(
            verb: members["verb"]?.string ?? "", target: members["target"]?.string ?? "",
            authType: text(members["authType"], default: "Any"),
            policy: text(members["throttlingPolicy"], default: ThrottlingPolicy.unlimitedName),
            scopes: members["scopes"]?.strings ?? [])
        operation.lambda = LambdaCompiler.function(members)
        let product = ProductCompiler(document: document, secrets: secrets)
        operation.member = product.member(of: members)
        operation.policies = policyCompiler.flows(
            members["operationPolicies"], level: PolicyPlaces.level(ofOperation: members))
        if let member = operation.member {
            operation.policies = product.flows(of: members, member: member, policies: policies)
        }
        return operation
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
