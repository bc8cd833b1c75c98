import Model

/// What names and passwords may look like.
enum UserRules {
    private static let nameLength = 1...100
    private static let passwordLength = 5...200

    /// The name without store prefix and without the tenant's own domain behind it.
    static func name(_ username: String, in tenant: Tenant) throws -> String {
        let (store, rest) = User.split(username)
        guard store == User.primaryStore else {
            throw CatalogueError.badRequest("User store '\(store)' does not exist")
        }
        let suffix = "@" + tenant.domain
        let name = rest.lowercased().hasSuffix(suffix) ? String(rest.dropLast(suffix.count)) : rest
        let isClean = name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f && $0 != "/" && $0 != ":" }
        guard nameLength.contains(name.count), isClean else {
            throw CatalogueError.badRequest(
                "userName must have 1 to 100 characters and no blanks, control characters, '/' or ':'")
        }
        return name
    }

    static func password(_ password: String?) throws -> String {
        guard let password, passwordLength.contains(password.count) else {
            throw CatalogueError.badRequest("password must have 5 to 200 characters")
        }
        return password
    }
}
