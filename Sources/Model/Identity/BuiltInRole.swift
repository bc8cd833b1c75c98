/// The roles that every tenant has from its first day.
public enum BuiltInRole: String, Sendable, CaseIterable {
    case administrator = "admin"
    /// Every user has it without being assigned.
    case everyone = "Internal/everyone"
    case publisher = "Internal/publisher"
    case creator = "Internal/creator"
    case subscriber = "Internal/subscriber"
    case devops = "Internal/devops"
    case observer = "Internal/observer"
    case integrationDeveloper = "Internal/integration_dev"
    case system = "Internal/system"

    /// Console permissions of the role, as they show in the role's representation.
    public var permissions: [String] {
        switch self {
        case .administrator: ["/permission"]
        case .creator:
            [
                "/permission/admin/configure/governance", "/permission/admin/login",
                "/permission/admin/manage/api/create", "/permission/admin/manage/resources/govern",
            ]
        case .publisher: ["/permission/admin/login", "/permission/admin/manage/api/publish"]
        case .subscriber: ["/permission/admin/login", "/permission/admin/manage/api/subscribe"]
        case .everyone, .devops, .observer, .integrationDeveloper, .system: ["/permission/admin/login"]
        }
    }
}
