/// What a publisher ticks when a newer version of an API is published.
public struct LifecycleChecklist: Sendable, Hashable {
    public static let deprecateName = "Deprecate old versions after publishing the API"
    public static let resubscribeName = "Requires re-subscription when publishing the API"

    /// Move every older published version to DEPRECATED.
    public var deprecatesOldVersions: Bool
    /// Do not copy the subscriptions of the version before.
    public var requiresResubscription: Bool

    public init(deprecatesOldVersions: Bool = false, requiresResubscription: Bool = false) {
        self.deprecatesOldVersions = deprecatesOldVersions
        self.requiresResubscription = requiresResubscription
    }

    /// Reads `Name:true,Other name:false`; names are those above. Throws a 400 on anything else.
    public init(parsing text: String) throws {
        self.init()
        for entry in text.split(separator: ",") {
            guard let colon = entry.lastIndex(of: ":") else { throw Self.malformed(entry) }
            let value = entry[entry.index(after: colon)...].lowercased()
            guard value == "true" || value == "false" else { throw Self.malformed(entry) }
            // For products the items have their own words.
            switch entry[..<colon].replacing("API Product", with: "API") {
            case Self.deprecateName: deprecatesOldVersions = value == "true"
            case Self.resubscribeName: requiresResubscription = value == "true"
            default: throw Self.malformed(entry)
            }
        }
    }

    private static func malformed(_ entry: Substring) -> CatalogueError {
        .badRequest("lifecycleChecklist: '\(entry)' is not one of the check items followed by :true or :false")
    }
}
