import Model

/// The API categories of a tenant, which the operating part keeps.
public protocol CategoryDirectory: Sendable {
    func categories(of tenant: Tenant) async throws -> [APICategory]
}

/// A heading under which developer portals group APIs.
public struct APICategory: Sendable, Hashable {
    public var id: String
    public var name: String
    public var description: String

    public init(id: String, name: String, description: String) {
        self.id = id
        self.name = name
        self.description = description
    }
}

/// A tenant without categories, as every tenant starts.
public struct NoCategories: CategoryDirectory {
    public init() {}

    public func categories(of tenant: Tenant) -> [APICategory] { [] }
}
