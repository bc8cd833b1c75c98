/// Which roles a user needs for which scope of the REST APIs, as every tenant has it until its administrator changes it.
public enum RESTScopes {
    /// Role names by scope.
    public static let defaultRoles: [String: [String]] = {
        var roles: [String: [String]] = [:]
        for group in groups {
            for scope in group.scopes { roles[scope] = group.roles }
        }
        return roles
    }()

    /// Whether the scope belongs to the platform's own APIs, so that only a listed role gets it.
    public static func isSystemScope(_ scope: String) -> Bool {
        ["apim:", "apim_analytics:", "service_catalog:"].contains { scope.hasPrefix($0) }
    }

    private struct Group {
        var roles: [String]
        var scopes: [String]
    }

    private static let groups: [Group] = [
        Group(
            roles: ["admin"],
            scopes: [
                "apim:api_manage", "apim:tier_manage", "apim:bl_view", "apim:bl_manage", "apim:api_workflow_view",
                "apim:api_workflow_approve", "apim:admin", "apim:app_owner_change", "apim:app_settings_change",
                "apim:label_manage", "apim:label_read", "apim:admin_settings", "apim_analytics:admin",
                "apim_analytics:monitoring_dashboard:own", "apim_analytics:monitoring_dashboard:edit",
                "apim_analytics:business_analytics:own", "apim_analytics:business_analytics:edit",
                "apim_analytics:api_analytics:own", "apim_analytics:api_analytics:edit",
                "apim_analytics:application_analytics:own", "apim_analytics:application_analytics:edit", "apim:tenantInfo",
                "apim:tenant_theme_manage", "apim:admin_operations", "apim:keymanagers_manage", "apim:api_category",
                "apim:shared_scope_manage", "apim:admin_alert_manage", "apim:bot_data", "apim:scope_manage",
                "apim:role_manage", "apim:environment_manage", "apim:environment_read", "apim:admin_application_view",
                "apim:admin_tier_manage", "apim:admin_tier_view", "apim:api_provider_change", "apim:gateway_policy_manage",
                "apim:llm_provider_manage", "apim:gov_rule_manage", "apim:gov_policy_manage", "apim:mcp_server_manage",
            ]),
        Group(
            roles: ["admin", "Internal/creator"],
            scopes: [
                "apim:api_create", "apim:api_delete", "apim:mediation_policy_view", "apim:mediation_policy_create",
                "apim:api_mediation_policy_manage", "apim:ep_certificates_update", "apim:client_certificates_update",
                "apim:client_certificates_manage", "apim:threat_protection_policy_manage", "apim:client_certificates_add",
                "apim:client_certificates_view", "apim:mediation_policy_manage", "apim:threat_protection_policy_create",
                "apim:ep_certificates_add", "apim:ep_certificates_view", "apim:ep_certificates_manage",
                "apim:pub_alert_manage", "service_catalog:service_write", "apim:common_operation_policy_manage",
                "apim:mcp_server_create", "apim:mcp_server_delete",
            ]),
        Group(
            roles: ["admin", "Internal/creator", "Internal/publisher"],
            scopes: [
                "apim:api_generate_key", "apim:subscription_view", "apim:document_create", "apim:document_manage",
                "apim_analytics:api_analytics:view", "service_catalog:service_view", "apim:comment_view",
                "apim:comment_write", "apim:comment_manage", "apim:mcp_server_generate_key",
            ]),
        Group(
            roles: ["admin", "Internal/publisher"],
            scopes: [
                "apim:api_publish", "apim:subscription_block", "apim:subscription_manage",
                "apim:monetization_usage_publish", "apim:mcp_server_publish",
            ]),
        Group(
            roles: ["admin", "Internal/devops"],
            scopes: [
                "apim:app_import_export", "apim:api_import_export", "apim:api_product_import_export",
                "apim:policies_import_export", "apim:mcp_server_import_export",
            ]),
        Group(
            roles: ["admin", "Internal/subscriber"],
            scopes: [
                "apim:app_update", "apim:store_settings", "apim:api_key", "apim_analytics:application_analytics:view",
                "apim:sub_alert_manage",
            ]),
        Group(
            roles: ["admin", "Internal/subscriber", "Internal/devops"],
            scopes: [
                "apim:subscribe", "apim:app_manage", "apim:sub_manage",
            ]),
        Group(
            roles: ["admin", "Internal/creator", "Internal/publisher", "Internal/observer"],
            scopes: [
                "apim:publisher_settings", "apim:common_operation_policy_view", "apim:gateway_policy_view",
            ]),
        Group(
            roles: ["admin", "Internal/publisher", "Internal/creator", "Internal/observer"],
            scopes: [
                "apim:gov_rule_read", "apim:gov_result_read", "apim:gov_policy_read",
            ]),
        Group(
            roles: ["admin", "Internal/publisher", "Internal/creator", "Internal/analytics", "Internal/observer"],
            scopes: [
                "apim:api_view", "apim:mcp_server_view",
            ]),
        Group(
            roles: ["admin", "Internal/publisher", "Internal/creator"],
            scopes: [
                "apim:tier_view", "apim:llm_provider_read",
            ]),
        Group(
            roles: ["admin", "Internal/analytics"],
            scopes: [
                "apim_analytics:monitoring_dashboard:view", "apim_analytics:business_analytics:view",
            ]),
        Group(
            roles: ["Internal/integration_dev"],
            scopes: [
                "apim:api_list_view", "apim:api_definition_view",
            ]),
        Group(
            roles: ["admin", "Internal/publisher", "Internal/creator", "Internal/analytics"],
            scopes: [
                "apim:throttling_policy_manage"
            ]),
        Group(
            roles: ["admin", "Internal/integration_dev"],
            scopes: [
                "apim:mcp_server_list_view"
            ]),
    ]
}
