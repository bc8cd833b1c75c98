import Model

/// Which revision of an API gateways had to serve at which point of the log.
public struct DeploymentHistory {
    /// An API on an environment, as gateways have to serve it now.
    public struct Deployment: Sendable, Hashable {
        public var environment: String
        public var revisionID: String
        /// The last change of it.
        public var sequence: Int64

        public init(environment: String, revisionID: String, sequence: Int64) {
            self.environment = environment
            self.revisionID = revisionID
            self.sequence = sequence
        }
    }

    private let connection: any SQLConnection

    public init(_ connection: any SQLConnection) { self.connection = connection }

    /// The deployments of an API of the tenant, by environment. Those made before revisions were recorded are missing until the next change
    /// of the API.
    public func deployments(ofAPI id: String, tenant: Int) throws -> [Deployment] {
        try connection.query(
            """
            SELECT entity_key, revision_id, sequence FROM gateway_entity
            WHERE kind = ? AND tenant_id = ? AND entity_key >= ? AND entity_key < ? AND revision_id IS NOT NULL
            ORDER BY entity_key
            """,
            // "0" follows "/": the range holds exactly the keys of this API.
            [SQLValue(GatewayEntity.Kind.api.rawValue), SQLValue(tenant), SQLValue("\(id)/"), SQLValue("\(id)0")]
        ).map { row in
            Deployment(
                environment: GatewayEntity.environment(inKey: try row.text("entity_key")),
                revisionID: try row.text("revision_id"), sequence: try row.int64("sequence"))
        }
    }

    /// The revision that a gateway serves that works with all changes up to `sequence`; `nil` when it serves none, or when the log no longer
    /// reaches back that far.
    public func revision(ofAPI id: String, environment: String, at sequence: Int64) throws -> String? {
        try connection.first(
            """
            SELECT revision_id FROM gateway_change WHERE kind = ? AND entity_key = ? AND sequence <= ?
            ORDER BY sequence DESC, ordinal DESC LIMIT 1
            """,
            [
                SQLValue(GatewayEntity.Kind.api.rawValue), SQLValue(GatewayEntity.apiKey(id: id, environment: environment)),
                SQLValue(sequence),
            ])?.optionalText("revision_id")
    }
}
