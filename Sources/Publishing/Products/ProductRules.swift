import Documents
import Model

/// Checks what a client says of a product beside its operations, and gives the document its stored form.
struct ProductRules {
    let foundation: PublishingFoundation

    /// Members of the contract's product object that its document holds.
    static let members: [String] = [
        "displayName", "description", "enableSchemaValidation", "responseCachingEnabled", "cacheTimeout", "visibility",
        "visibleRoles", "visibleTenants", "accessControl", "accessControlRoles", "transport", "tags", "policies",
        "apiThrottlingPolicy", "authorizationHeader", "apiKeyHeader", "securityScheme", "subscriptionAvailability",
        "subscriptionAvailableTenants", "additionalProperties", "additionalPropertiesMap", "monetization",
        "businessInformation", "corsConfiguration", "categories", "audiences", "egress",
    ]

    /// The document of a product named `name`, still without operations. Throws 900304 when the security needs a plan and none is given.
    func checked(_ given: JSONObject, name: String, by caller: Principal) async throws -> JSONObject {
        var known = JSONObject(given.filter { Self.members.contains($0.name) }.map { ($0.name, $0.value) })
        // The contract's default; with a single tenant's subscribers both mean the same.
        if known["subscriptionAvailability"]?.string == "ALL_TENANTS" { known["subscriptionAvailability"] = "CURRENT_TENANT" }
        var document = try await APIRules(foundation: foundation).checkedGeneral(
            known, name: name, type: APIRecord.productType, by: caller)
        var plans = document.strings("policies")
        if plans.count > 1 { plans.removeAll(where: ThrottlingPolicy.internalPlanNames.contains) }
        document["policies"] = JSONValue(plans)
        let needsPlan = !Set(document.strings("securityScheme")).isDisjoint(with: ["oauth2", "api_key"])
        guard !plans.isEmpty || !needsPlan else { throw CatalogueError.tierMissing }
        return document
    }
}
