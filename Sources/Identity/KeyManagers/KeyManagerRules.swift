import Model
import OutgoingHTTP

/// What a key manager has to be like before it is stored.
struct KeyManagerRules {
    let type: KeyManagerType

    /// Throws a 400 that names the member and the rule.
    func check(_ manager: KeyManager) throws {
        try checkName(manager.name)
        try checkEndpoints(manager)
        try checkRequired(manager)
        try checkCertificates(manager.certificates)
        for rule in manager.tokenRules { if let fault = rule.fault { throw CatalogueError.badRequest(fault) } }
        for mapping in manager.claimMappings where mapping.remote.isEmpty || mapping.local.isEmpty {
            throw CatalogueError.badRequest("claimMapping: remoteClaim and localClaim must not be empty")
        }
        if manager.permission.kind != .everybody, manager.permission.roles.isEmpty {
            throw CatalogueError.badRequest("permissions: roles must not be empty for \(manager.permission.kind.rawValue)")
        }
    }

    private func checkName(_ name: String) throws {
        if name.allSatisfy(\.isWhitespace) || name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            throw CatalogueError.badRequest("name must not be empty, or begin or end with blanks")
        }
        // Keys of what gateways know are made of names with slashes between.
        if name.contains("/") || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw CatalogueError.badRequest("name contains characters that are not allowed")
        }
        if name == GatewayKeyManager.apiKeyIssuerName { throw CatalogueError.keyManagerExists(name) }
    }

    private func checkEndpoints(_ manager: KeyManager) throws {
        for (name, url) in manager.endpoints.sorted(by: { $0.key < $1.key }) where !url.isEmpty && !Self.isWebAddress(url) {
            throw CatalogueError.badRequest("\(name) must be an http or https URL")
        }
    }

    private func checkRequired(_ manager: KeyManager) throws {
        // Whoever only trusts the server's tokens calls nothing there.
        let endpoints = manager.tokenType == .exchanged ? [] : type.requiredEndpoints
        let missing =
            endpoints.filter { manager[$0] == nil }.map(\.rawValue)
            + (manager.tokenType == .exchanged ? [] : type.fields.filter(\.isRequired).map(\.name)).filter { name in
                let value = manager.secrets[name] ?? manager.properties[name]?.string ?? manager.properties[name]?.text ?? ""
                return value.isEmpty
            }
        guard missing.isEmpty else { throw CatalogueError.keyManagerConfigurationMissing(missing) }
    }

    private func checkCertificates(_ certificates: KeyManager.Certificates?) throws {
        switch certificates?.kind {
        case nil: return
        case .keySet:
            guard Self.isWebAddress(certificates?.value ?? "") else {
                throw CatalogueError.badRequest("certificates: value must be the http or https URL of a JSON Web Key Set")
            }
        case .pem:
            guard KeySetSource.keySet(pem: certificates?.value ?? "") != nil else {
                throw CatalogueError.badRequest("certificates: value must be a certificate or public key in PEM form")
            }
        }
    }

    static func isWebAddress(_ text: String) -> Bool {
        OutgoingURL(text).map { ["http", "https"].contains($0.scheme) } ?? false
    }
}
