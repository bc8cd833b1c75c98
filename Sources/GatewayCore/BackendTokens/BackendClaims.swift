import Documents
import Model

/// The claims of a backend token.
struct BackendClaims {
    let settings: BackendTokenSettings
    let api: CompiledAPI
    let credential: Credential
    let application: CompiledApplication?
    /// Name of the business plan.
    let plan: String
    let keyType: KeyType

    /// Claims of access tokens that the gateway makes itself, or that say nothing to a backend.
    private static let restricted: Set<String> = [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "application", "tierInfo", "subscribedAPIs", "aut", "cnf",
    ]

    func json(nowMilliseconds: Int64) -> JSONValue {
        let user = String(decoding: credential.userName, as: UTF8.self)
        var json: JSONValue = [
            "iss": "wso2.org/products/am", "exp": JSONValue((nowMilliseconds + settings.lifetimeMilliseconds) / 1000),
            "iat": JSONValue(nowMilliseconds / 1000), "sub": .string(credential.userID ?? user),
        ]
        json["aud"] = credential.tokenClaims?["aud"]
        add(
            [
                ("apiname", String(decoding: api.name, as: UTF8.self)),
                ("apicontext", String(decoding: api.context, as: UTF8.self)), ("version", api.version),
                ("tier", plan), ("keytype", keyType.rawValue),
                ("usertype", credential.subject == .user ? "Application_User" : "Application"), ("enduser", user),
                ("enduserTenantId", String(api.tenant)),
            ], to: &json)
        if let application = application?.definition { add(application, to: &json) }
        addUserClaims(to: &json)
        addTokenClaims(to: &json)
        return json
    }

    private func add(_ claims: [(String, String)], to json: inout JSONValue) {
        for (name, value) in claims where !value.isEmpty { json["\(settings.dialect)/\(name)"] = .string(value) }
    }

    private func add(_ application: GatewayApplication, to json: inout JSONValue) {
        add(
            [
                ("subscriber", application.owner), ("applicationid", String(application.number)),
                ("applicationname", application.name), ("applicationtier", application.policy),
                ("applicationUUId", application.id),
            ], to: &json)
        guard !application.attributes.isEmpty || settings.showsEmptyAttributes else { return }
        let members = application.attributes.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        json["\(settings.dialect)/applicationAttributes"] = .object(JSONObject(members))
    }

    /// What the user store says of the user. It replaces none of the gateway's own claims.
    private func addUserClaims(to json: inout JSONValue) {
        guard let userClaims = settings.userClaims, let known = credential.userClaims?.claims else { return }
        for (name, value) in UserClaimNames(userClaims, dialect: settings.dialect).named(known) where json[name] == nil {
            json[name] = value
        }
    }

    /// The claims of the access token under the names that its key manager gives them. They replace none of the gateway's own.
    private func addTokenClaims(to json: inout JSONValue) {
        for (name, value) in credential.tokenClaims?.object ?? JSONObject() {
            guard !Self.restricted.contains(name), !settings.excludedClaims.contains(name), !value.isNull else { continue }
            let local = credential.keyManager?.claimMappings[name] ?? name
            if json[local] == nil { json[local] = value }
        }
    }
}
