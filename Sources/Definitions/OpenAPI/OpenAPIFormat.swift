/// The versions of OpenAPI that the platform reads and writes.
public enum OpenAPIFormat: String, Sendable, Hashable, CaseIterable {
    case v2, v3, v31

    /// The version text of a new definition.
    var newVersion: String {
        switch self {
        case .v2: "2.0"
        case .v3: "3.0.1"
        case .v31: "3.1.0"
        }
    }
}
