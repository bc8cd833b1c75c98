import Definitions
import Documents
import Model
import Storage

extension APIService {
    /// Replaces what may change of an API: name, version, context, provider, type and lifecycle state stay. Members that the caller's scopes do
    /// not cover keep their stored value. Throws a 412 when the client `expects` another version of the API.
    public func update(
        _ id: String, to members: JSONObject, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        let stored = try await foundation.changes.read { connection in
            let api = try APIAccess.editable(id, by: caller, in: connection)
            try APIAccess.check(expects, of: api)
            return (api, try DefinitionStore.find(ofAPI: id, tenant: api.tenantID, in: connection))
        }
        let members = FieldScopes.permitted(members, stored: stored.0, scopes: caller.scopes)
        guard let operations = members["operations"]?.array, !operations.isEmpty else { throw CatalogueError.noResources }
        var document = try await rules.checked(members, name: stored.0.name, type: stored.0.type, by: caller)
        try await PlanRules(policies: foundation.policies)
            .apply(to: &document, state: stored.0.lifecycleState, tenant: caller.tenant)
        var api = stored.0
        api.document = document
        api.isDefaultVersion = members["isDefaultVersion"]?.bool ?? stored.0.isDefaultVersion
        let definition = try stored.1.map { try JSONValue.parse($0) }
        return try await replace(stored.0, by: api, definition: definition, by: caller, context)
    }

    /// Writes a changed record with its definition brought in line. The record must still be the version that was read.
    func replace(
        _ stored: APIRecord, by changed: APIRecord, definition: JSONValue?, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        var draft = changed
        try await scopes.checkRoles(draft.document, tenant: caller.tenant)
        let text = try OpenAPIWriter(draft).definition(from: definition, format: .v3)
        let kept = try foundation.unseal(stored.sealedSecrets, of: .api(stored.id))
        var (document, allSecrets) = APISecrets.extract(from: draft.document, keeping: kept)
        draft.document = document
        for (place, secret) in kept where PolicyPlaces.isSecretKey(place) { allSecrets[place] = secret }
        draft.updatedMilliseconds = context.milliseconds
        draft.updatedBy = caller.displayName
        let environments = try await foundation.environments.environments(of: caller.tenant)
        let (scopes, policies, final, secrets) = (scopes, policies, draft, allSecrets)
        return try await foundation.changes.change(context) { change in
            let present = try APIAccess.editable(stored.id, by: caller, in: change)
            // Somebody else was quicker: what was checked above no longer holds.
            guard present.rowVersion == stored.rowVersion else { throw CatalogueError.preconditionFailed }
            var api = final
            api.servesDefault = present.servesDefault
            api.lastRevision = present.lastRevision
            try ProductResources.check(api, in: change, refusal: CatalogueError.productUsesResources)
            try scopes.apply(to: &api, in: change)
            try policies.apply(to: &api, secrets: secrets, in: change)
            let updated = try APIStore.update(api, in: change)
            try DefinitionStore.put(text, ofAPI: api.id, tenant: api.tenantID, in: change)
            if updated.isDefaultVersion != present.isDefaultVersion {
                if updated.isDefaultVersion { try Self.clearDefault(besides: updated, in: change) }
                try GatewayPublication(foundation: foundation, environments: environments).settleDefault(
                    named: updated.name, in: change)
            }
            try change.audit("update", kind: "api", id: api.id, before: APIAudit.json(present), after: APIAudit.json(updated))
            return try ProductResources.filled(updated, in: change)
        }
    }
}

/// Which members of an API a caller may change: `x-scopes` and `x-otherScopes` of the contract.
enum FieldScopes {
    /// Scopes that cover the whole API.
    static let whole: Set<String> = ["apim:api_create", "apim:api_import_export", "apim:api_manage"]
    /// Members that `apim:api_publish` covers.
    static let publishable: Set<String> = [
        "tags", "policies", "organizationPolicies", "apiThrottlingPolicy", "visibility", "visibleRoles",
        "visibleOrganizations", "subscriptionAvailability", "additionalProperties", "additionalPropertiesMap",
        "businessInformation", "categories",
    ]

    /// `members` with stored values where `scopes` do not reach.
    static func permitted(_ members: JSONObject, stored: APIRecord, scopes: Set<String>) -> JSONObject {
        guard whole.isDisjoint(with: scopes) else { return members }
        var permitted = stored.document
        permitted["isDefaultVersion"] = JSONValue(stored.isDefaultVersion)
        for name in publishable { if let value = members[name] { permitted[name] = value } }
        return permitted
    }
}
