import Model

/// The operation policies that every tenant has without adding them. They need no rows: their ids follow from tenant, name and version.
public enum ShippedPolicies {
    static let specifications: [PolicySpecification] =
        headers + requestLine + bodies + faultsAndLogs + threats + access + models
        + otherGateways

    static func policies(ofTenant tenant: Int) -> [OperationPolicy] { specifications.map { policy($0, tenant: tenant) } }

    static func find(_ id: String, tenant: Int) -> OperationPolicy? { policies(ofTenant: tenant).first { $0.id == id } }

    static func find(name: String, version: String, tenant: Int) -> OperationPolicy? {
        specifications.first { $0.name == name && $0.version == version }.map { policy($0, tenant: tenant) }
    }

    /// Name and version of each, such as `addHeader v2`.
    public static var titles: [String] { specifications.map { "\($0.name) \($0.version)" } }

    private static func policy(_ specification: PolicySpecification, tenant: Int) -> OperationPolicy {
        OperationPolicy(
            id: PolicyDigest.id(tenant: tenant, name: specification.name, version: specification.version), apiID: nil,
            specification: specification, definitions: .builtIn, md5: PolicyDigest.md5(specification, .builtIn))
    }

    // MARK: Words of the specifications

    static let everyFlow = ["request", "response", "fault"]
    static let httpTypes = ["HTTP", "SOAP", "SOAPTOREST"].map { PolicyAPIType($0) }
    static let httpAndGraphQL = httpTypes + [PolicyAPIType("GRAPHQL")]

    static func headerName(pattern: String) -> PolicyAttribute {
        PolicyAttribute("headerName", "Header Name", description: "Name of the header", isRequired: true, pattern: pattern)
    }

    static let headerValue = PolicyAttribute(
        "headerValue", "Header Value", description: "Value of the header", isRequired: true, pattern: "^.+$")
}
