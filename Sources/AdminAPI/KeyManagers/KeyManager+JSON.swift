import Documents
import Identity
import Model

/// Key managers as the contract shows them. Secrets are masked.
extension KeyManager {
    var json: JSONValue {
        var json: JSONValue = [
            "id": JSONValue(id), "name": JSONValue(name), "displayName": JSONValue(displayName), "type": JSONValue(type),
            "description": JSONValue(description), "issuer": JSONValue(issuer), "alias": JSONValue(alias),
            "availableGrantTypes": JSONValue(grantTypes), "enableTokenGeneration": JSONValue(abilities.generatesTokens),
            "enableTokenEncryption": JSONValue(abilities.encryptsTokens),
            "enableTokenHashing": JSONValue(abilities.hashesTokens),
            "enableMapOAuthConsumerApps": JSONValue(abilities.mapsClients),
            "enableOAuthAppCreation": JSONValue(abilities.createsClients),
            "enableSelfValidationJWT": JSONValue(abilities.validatesTokensLocally),
            "claimMapping": .array(
                claimMappings.map { ["remoteClaim": JSONValue($0.remote), "localClaim": JSONValue($0.local)] }),
            "consumerKeyClaim": JSONValue(consumerKeyClaim), "scopesClaim": JSONValue(scopesClaim),
            "tokenValidation": .array(tokenRules.map(\.json)), "enabled": JSONValue(isEnabled), "global": JSONValue(isGlobal),
            "tokenType": JSONValue(tokenType.rawValue), "allowedOrganizations": JSONValue(organizations),
            "permissions": ["permissionType": JSONValue(permission.kind.rawValue), "roles": JSONValue(permission.roles)],
        ]
        json["certificates"] = certificates.map { ["type": JSONValue($0.kind.rawValue), "value": JSONValue($0.value)] }
        addEndpoints(to: &json)
        var shown = properties
        for name in secrets.keys.sorted() { shown[name] = JSONValue(KeyManager.mask) }
        json["additionalProperties"] = .object(shown)
        return json
    }

    private func addEndpoints(to json: inout JSONValue) {
        let named = endpoints.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        json["endpoints"] = .array(named.map { ["name": JSONValue($0.key), "value": JSONValue($0.value)] })
        for (endpoint, member) in Self.members { json[member] = self[endpoint].map { JSONValue($0) } }
    }

    /// The members that an endpoint has of its own, besides its place in `endpoints`.
    private static let members: [(KeyManagerEndpoint, String)] = [
        (.wellKnown, "wellKnownEndpoint"), (.introspection, "introspectionEndpoint"),
        (.registration, "clientRegistrationEndpoint"), (.token, "tokenEndpoint"), (.displayToken, "displayTokenEndpoint"),
        (.revocation, "revokeEndpoint"), (.displayRevocation, "displayRevokeEndpoint"), (.userInfo, "userInfoEndpoint"),
        (.authorization, "authorizeEndpoint"), (.scopes, "scopeManagementEndpoint"),
    ]

    /// What a request says of a key manager.
    init(json: JSONValue, tenant: Tenant) throws {
        var abilities = Abilities()
        abilities.generatesTokens = json["enableTokenGeneration"]?.bool ?? true
        abilities.encryptsTokens = json["enableTokenEncryption"]?.bool ?? false
        abilities.hashesTokens = json["enableTokenHashing"]?.bool ?? false
        abilities.mapsClients = json["enableMapOAuthConsumerApps"]?.bool ?? false
        abilities.createsClients = json["enableOAuthAppCreation"]?.bool ?? true
        abilities.validatesTokensLocally = json["enableSelfValidationJWT"]?.bool ?? true
        self.init(
            id: "", tenant: tenant, name: json["name"]?.string ?? "", displayName: json["displayName"]?.string ?? "",
            type: json["type"]?.string ?? "", description: json["description"]?.string ?? "",
            isEnabled: json["enabled"]?.bool ?? true,
            tokenType: json["tokenType"]?.string.flatMap(TokenType.init) ?? .direct, endpoints: Self.endpoints(json),
            issuer: json["issuer"]?.string ?? "", alias: json["alias"]?.string ?? "", certificates: Self.certificates(json),
            grantTypes: json["availableGrantTypes"]?.strings ?? [], abilities: abilities,
            consumerKeyClaim: json["consumerKeyClaim"]?.string ?? "", scopesClaim: json["scopesClaim"]?.string ?? "",
            claimMappings: (json["claimMapping"]?.array ?? []).map {
                ClaimMapping(remote: $0["remoteClaim"]?.string ?? "", local: $0["localClaim"]?.string ?? "")
            },
            tokenRules: try (json["tokenValidation"]?.array ?? []).map(Self.rule),
            properties: json["additionalProperties"]?.object ?? JSONObject(), secrets: [:],
            permission: Permission(
                kind: json["permissions"]?["permissionType"]?.string.flatMap(Permission.Kind.init) ?? .everybody,
                roles: json["permissions"]?["roles"]?.strings ?? []),
            organizations: json["allowedOrganizations"]?.strings ?? [], version: 0)
    }

    /// The members of their own first; `endpoints` wins.
    private static func endpoints(_ json: JSONValue) -> [String: String] {
        var endpoints: [String: String] = [:]
        for (endpoint, member) in members {
            endpoints[endpoint.rawValue] = json[member]?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        for item in json["endpoints"]?.array ?? [] {
            if let name = item["name"]?.string, let value = item["value"]?.string {
                endpoints[name] = value.isEmpty ? nil : value
            }
        }
        return endpoints
    }

    private static func certificates(_ json: JSONValue) -> Certificates? {
        guard let value = json["certificates"]?["value"]?.string, !value.isEmpty else { return nil }
        return Certificates(
            kind: json["certificates"]?["type"]?.string.flatMap(Certificates.Kind.init) ?? .keySet, value: value)
    }

    private static func rule(_ json: JSONValue) throws -> TokenRule {
        guard let rule = TokenRule(json: json) else { throw CatalogueError.badRequest("tokenValidation: type is unknown") }
        return rule
    }

    /// As a list shows it.
    func summary(isUsed: Bool) -> JSONValue {
        [
            "id": JSONValue(id), "name": JSONValue(name), "type": JSONValue(type), "description": JSONValue(description),
            "enabled": JSONValue(isEnabled), "isGlobal": JSONValue(isGlobal), "isUsed": JSONValue(isUsed),
            "tokenType": JSONValue(tokenType.rawValue),
        ]
    }
}
