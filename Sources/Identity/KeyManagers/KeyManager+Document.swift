import Documents
import Model

/// The form in which the part of a key manager is stored that has no column: secrets are not in it.
extension KeyManager {
    var document: JSONValue {
        [
            "displayName": .string(displayName), "description": .string(description), "tokenType": .string(tokenType.rawValue),
            "endpoints": .object(JSONObject(endpoints.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "alias": .string(alias), "grantTypes": JSONValue(grantTypes), "abilities": abilities.json,
            "certificates": certificates.map { ["kind": .string($0.kind.rawValue), "value": .string($0.value)] } ?? .null,
            "consumerKeyClaim": .string(consumerKeyClaim), "scopesClaim": .string(scopesClaim),
            "claimMappings": .array(claimMappings.map { ["remote": .string($0.remote), "local": .string($0.local)] }),
            "tokenRules": .array(tokenRules.map(\.json)), "properties": .object(properties),
            "permission": ["kind": .string(permission.kind.rawValue), "roles": JSONValue(permission.roles)],
            "organizations": JSONValue(organizations),
        ]
    }

    /// - Parameter secrets: the opened ones.
    init(
        id: String, tenant: Tenant, name: String, type: String, isEnabled: Bool, issuer: String, version: Int64,
        document: JSONValue, secrets: [String: String]
    ) {
        self.init(
            id: id, tenant: tenant, name: name, displayName: document["displayName"]?.string ?? name, type: type,
            description: document["description"]?.string ?? "", isEnabled: isEnabled,
            tokenType: document["tokenType"]?.string.flatMap(TokenType.init) ?? .direct,
            endpoints: document["endpoints"].texts, issuer: issuer, alias: document["alias"]?.string ?? "",
            certificates: Certificates(document["certificates"]), grantTypes: document["grantTypes"]?.strings ?? [],
            abilities: Abilities(document["abilities"] ?? [:]),
            consumerKeyClaim: document["consumerKeyClaim"]?.string ?? "azp",
            scopesClaim: document["scopesClaim"]?.string ?? "scope",
            claimMappings: (document["claimMappings"]?.array ?? []).map {
                ClaimMapping(remote: $0["remote"]?.string ?? "", local: $0["local"]?.string ?? "")
            },
            tokenRules: (document["tokenRules"]?.array ?? []).compactMap(TokenRule.init(json:)),
            properties: document["properties"]?.object ?? JSONObject(), secrets: secrets,
            permission: Permission(
                kind: document["permission"]?["kind"]?.string.flatMap(Permission.Kind.init) ?? .everybody,
                roles: document["permission"]?["roles"]?.strings ?? []),
            organizations: document["organizations"]?.strings ?? ["ALL"], version: version)
    }
}

extension KeyManager.Abilities {
    fileprivate var json: JSONValue {
        [
            "createsClients": JSONValue(createsClients), "mapsClients": JSONValue(mapsClients),
            "generatesTokens": JSONValue(generatesTokens), "hashesTokens": JSONValue(hashesTokens),
            "encryptsTokens": JSONValue(encryptsTokens), "validatesTokensLocally": JSONValue(validatesTokensLocally),
        ]
    }

    fileprivate init(_ json: JSONValue) {
        self.init()
        createsClients = json["createsClients"]?.bool ?? true
        mapsClients = json["mapsClients"]?.bool ?? true
        generatesTokens = json["generatesTokens"]?.bool ?? true
        hashesTokens = json["hashesTokens"]?.bool ?? false
        encryptsTokens = json["encryptsTokens"]?.bool ?? false
        validatesTokensLocally = json["validatesTokensLocally"]?.bool ?? true
    }
}

extension KeyManager.Certificates {
    fileprivate init?(_ json: JSONValue?) {
        guard let kind = json?["kind"]?.string.flatMap(Kind.init), let value = json?["value"]?.string else { return nil }
        self.init(kind: kind, value: value)
    }
}

extension TokenRule {
    /// As the REST interface shows it.
    public var json: JSONValue {
        let value: JSONValue =
            kind == .claims
            ? ["body": .object(JSONObject(claims.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))]
            : .string(pattern)
        return ["id": JSONValue(id), "enable": JSONValue(isEnabled), "type": .string(kind.rawValue), "value": value]
    }

    /// `nil` for a kind that there is not.
    public init?(json: JSONValue) {
        guard let kind = Kind(rawValue: json["type"]?.string ?? Kind.reference.rawValue) else { return nil }
        let value = json["value"]
        self.init(
            id: json["id"]?.int ?? 0, isEnabled: json["enable"]?.bool ?? true, kind: kind, pattern: value?.string ?? "",
            claims: (value?["body"] ?? value).texts)
    }
}

extension Optional<JSONValue> {
    /// The members of an object that are texts.
    fileprivate var texts: [String: String] {
        guard let object = self?.object else { return [:] }
        return Dictionary(object.compactMap { name, value in value.string.map { (name, $0) } }) { _, last in last }
    }
}
