import Documents
import Model
import Storage

/// Checks the members of an API that a client sends, and gives the document its stored form. See the table of rules in `docs/publish-an-api.md`.
struct APIRules {
    let foundation: PublishingFoundation
    var defaults = APIDefaults()

    /// The document of an API named `name`: complete, checked, without members that are fields of the record. Secrets are still in it.
    func checked(_ members: JSONObject, name: String, type: String, by caller: Principal) async throws -> JSONObject {
        var document = try await checkedGeneral(members, name: name, type: type, by: caller)
        try OperationRules.checkFlows(document["apiPolicies"])
        if let configuration = document["endpointConfig"]?.object {
            document["endpointConfig"] = .object(try EndpointSecurityRules.normalized(configuration))
        }
        try EndpointRules(policy: foundation.endpointPolicy).check(document["endpointConfig"]?.object)
        document["operations"] = .array(
            try await OperationTiers(policies: foundation.policies).settled(
                OperationRules.checked(document["operations"]?.array ?? []), of: caller.tenant))
        return document
    }

    /// As ``checked(_:name:type:by:)``, for what APIs and products have in common: all but endpoints and operations.
    func checkedGeneral(_ members: JSONObject, name: String, type: String, by caller: Principal) async throws -> JSONObject {
        var document = JSONObject(
            members.withoutNulls().filter { !APIRecord.fieldMembers.contains($0.name) }.map { ($0.name, $0.value) })
        defaults.complete(&document, name: name)
        try checkLists(&document, type: type)
        try PropertyRules.apply(to: &document)
        try await checkVisibility(&document, caller)
        try await checkPolicies(document, caller.tenant)
        try await checkCategories(document, name: name, caller.tenant)
        return document
    }

    private func checkLists(_ document: inout JSONObject, type: String) throws {
        guard let keyManagers = document["keyManagers"]?.array, keyManagers.allSatisfy({ $0.string != nil }) else {
            throw CatalogueError.keyManagersNotArray
        }
        for transport in document.strings("transport") where transport != "http" && transport != "https" {
            throw CatalogueError.transportUnsupported(transport)
        }
        for scheme in document.strings("securityScheme") where !Self.securitySchemes.contains(scheme) {
            throw CatalogueError.badRequest("securityScheme: '\(scheme)' is unknown")
        }
        if document["subscriptionAvailability"]?.string != "CURRENT_TENANT" {
            throw CatalogueError.crossTenantSubscriptionOff()
        }
        let gatewayType = document["gatewayType"]?.string ?? ""
        guard ["wso2/synapse", "wso2/apk", "AWS", "Azure", "Kong", "Envoy", "solace"].contains(gatewayType) else {
            throw CatalogueError.gatewayTypeInvalid("'\(gatewayType)' is not a gateway type")
        }
        guard gatewayType != "wso2/apk" || type == "HTTP" || type == "GRAPHQL" else {
            throw CatalogueError.gatewayTypeInvalid("wso2/apk serves only APIs of type HTTP and GRAPHQL")
        }
        document["tags"] = JSONValue(unique(document.strings("tags")))
        document["policies"] = JSONValue(unique(document.strings("policies")))
        completeSecurity(&document)
    }

    static let securitySchemes: Set<String> = [
        "oauth2", "basic_auth", "api_key", "mutualssl", "oauth_basic_auth_api_key_mandatory", "mutualssl_mandatory",
    ]

    /// Without a marker, application security is mandatory unless only certificates are asked for.
    private func completeSecurity(_ document: inout JSONObject) {
        var schemes = unique(document.strings("securityScheme"))
        if schemes.isEmpty { schemes = ["oauth2"] }
        let application = !Set(schemes).isDisjoint(with: ["oauth2", "basic_auth", "api_key"])
        if !schemes.contains("mutualssl"), application, !schemes.contains("oauth_basic_auth_api_key_mandatory") {
            schemes.append("oauth_basic_auth_api_key_mandatory")
        }
        if schemes.contains("mutualssl"), !application, !schemes.contains("mutualssl_mandatory") {
            schemes.append("mutualssl_mandatory")
        }
        document["securityScheme"] = JSONValue(schemes)
    }

    private func checkVisibility(_ document: inout JSONObject, _ caller: Principal) async throws {
        let visibleRoles = document.strings("visibleRoles")
        switch document["visibility"]?.string {
        case "RESTRICTED":
            guard !visibleRoles.isEmpty else { throw CatalogueError.visibleRolesMissing }
            let unknown = try await foundation.roles.unknownRoles(among: visibleRoles, in: caller.tenant)
            guard unknown.isEmpty else {
                throw CatalogueError.userRolesInvalid("visibleRoles: there is no role \(unknown.joined(separator: ", "))")
            }
        default: document["visibleRoles"] = []
        }
        let accessRoles = unique(document.strings("accessControlRoles").map { $0.lowercased() })
        document["accessControlRoles"] = JSONValue(accessRoles)
        document["accessControl"] = JSONValue(accessRoles.isEmpty ? "NONE" : "RESTRICTED")
        guard accessRoles.isEmpty || APIAccess.isAdministrator(caller) || APIAccess.holdsOne(of: accessRoles, caller) else {
            throw CatalogueError.userRolesInvalid("accessControlRoles: you need to hold at least one of the roles")
        }
    }

    private func checkPolicies(_ document: JSONObject, _ tenant: Tenant) async throws {
        let plans = document.strings("policies")
        if !plans.isEmpty {
            let known = Set(try await foundation.policies.policies(level: .subscription, of: tenant).map(\.name))
            let unknown = plans.filter { !known.contains($0) }
            guard unknown.isEmpty else { throw CatalogueError.tierInvalid(unknown) }
        }
        let operations = document["operations"]?.array ?? []
        let apiLevel = document["apiThrottlingPolicy"]?.string.map { [$0] } ?? []
        let advanced = Set(apiLevel + operations.compactMap { $0["throttlingPolicy"]?.string })
        guard advanced.contains(where: { $0 != ThrottlingPolicy.unlimitedName && !$0.isEmpty }) else { return }
        let known = Set(try await foundation.policies.policies(level: .advanced, of: tenant).map(\.name))
        for name in advanced.sorted() where !known.contains(name) && name != ThrottlingPolicy.unlimitedName && !name.isEmpty {
            throw CatalogueError.advancedPolicyInvalid(name)
        }
    }

    private func checkCategories(_ document: JSONObject, name: String, _ tenant: Tenant) async throws {
        let categories = document.strings("categories")
        guard !categories.isEmpty else { return }
        let known = Set(try await foundation.categories.categories(of: tenant).map(\.name))
        guard categories.allSatisfy(known.contains) else { throw CatalogueError.categoryInvalid(name) }
    }

    private func unique(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return values.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
