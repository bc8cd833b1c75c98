import ContractRouter
import Documents
import Model
import Operating

/// Export and import of single throttling policies.
struct PolicyTransferHandlers: Sendable {
    let policies: ThrottlingPolicies
    let rules: CustomRules

    func register(in table: inout HandlerTable) {
        table.handle(AdminHandlers.contract, "exportThrottlingPolicy", export)
        table.handle(AdminHandlers.contract, "importThrottlingPolicy", importPolicy)
    }

    private func export(_ request: APIRequest) async throws -> APIResponse {
        let word = request.query["type"]?.string ?? ""
        if word == PolicyType.global.rawValue { return try await exportRule(request) }
        guard let level = PolicyType(rawValue: word)?.level.first else { throw CatalogueError.unsupportedPolicyLevel }
        let policy = try await exported(level, word, request)
        return .ok([
            "type": "throttling policy", "subtype": JSONValue(level.archiveName), "version": "v4.6.0", "data": policy.json,
        ])
    }

    private func exportRule(_ request: APIRequest) async throws -> APIResponse {
        var rule: CustomRule?
        let name = request.query["name"]?.string ?? ""
        if let id = request.query["policyId"]?.string {
            rule = try await rules.find(id: id, tenant: request.tenant).rule
        } else {
            rule = try await rules.find(name: name, tenant: request.tenant)?.rule
        }
        guard let rule else { throw CatalogueError.throttlingPolicyNotFound(name, type: PolicyType.global.rawValue) }
        return .ok([
            "type": "throttling policy", "subtype": JSONValue(Self.ruleSubtype), "version": "v4.6.0", "data": rule.json,
        ])
    }

    private func importRule(_ json: JSONValue, _ request: APIRequest) async throws -> APIResponse {
        let draft = CustomRule(json: json)
        guard let stored = try await rules.find(name: draft.name, tenant: request.tenant) else {
            return .ok(try await rules.create(draft, request.changeContext).rule.json)
        }
        guard request.query["overwrite"]?.bool == true else {
            throw CatalogueError.alreadyExists("A custom rule with the name '\(draft.name)' already exists")
        }
        return .ok(try await rules.update(id: stored.rule.id, to: draft, request.changeContext).rule.json)
    }

    /// What archives call custom rules.
    private static let ruleSubtype = "custom rule"

    private func exported(_ level: ThrottlingLevel, _ word: String, _ request: APIRequest) async throws -> ThrottlingPolicy {
        if let id = request.query["policyId"]?.string {
            return try await policies.find(id: id, level: level, tenant: request.tenant).policy
        }
        let name = request.query["name"]?.string ?? ""
        guard let policy = try await policies.find(name: name, level: level, tenant: request.tenant) else {
            throw CatalogueError.throttlingPolicyNotFound(name, type: word)
        }
        return policy
    }

    private func importPolicy(_ request: APIRequest) async throws -> APIResponse {
        let archive = try archive(of: request)
        if archive["subtype"]?.string == Self.ruleSubtype { return try await importRule(archive["data"] ?? [:], request) }
        guard let level = ThrottlingLevel.allCases.first(where: { $0.archiveName == archive["subtype"]?.string }) else {
            throw CatalogueError.badRequest("subtype must name a kind of throttling policy")
        }
        let draft = try ThrottlingPolicy(json: archive["data"] ?? [:], level: level)
        guard let stored = try await policies.find(name: draft.name, level: level, tenant: request.tenant) else {
            let created = try await policies.create(draft, request.changeContext)
            return .ok(created.policy.json)
        }
        guard request.query["overwrite"]?.bool == true else {
            throw CatalogueError.throttlingPolicyExists(draft.name, level: level)
        }
        return .ok(try await policies.update(id: stored.id, to: draft, request.changeContext).policy.json)
    }

    /// The uploaded document, JSON or YAML.
    private func archive(of request: APIRequest) throws -> JSONValue {
        guard let part = request.part("file") else { throw CatalogueError.badRequest("file is missing") }
        if let json = part.json { return json }
        do {
            // JSON is read by its own rules, not as the YAML that it also is.
            if part.bytes.first(where: { !$0.isBlank }) == UInt8(ascii: "{") { return try JSONValue.parse(part.bytes) }
            return try YAMLDocument.parse(String(decoding: part.bytes, as: UTF8.self))
        } catch {
            throw CatalogueError.badRequest("The file is neither a JSON nor a YAML document: \(error)")
        }
    }
}

extension ThrottlingLevel {
    /// What archives call policies of the level.
    fileprivate var archiveName: String {
        switch self {
        case .application: "application policy"
        case .subscription: "subscription policy"
        case .advanced: "advanced policy"
        }
    }
}

extension UInt8 {
    /// Whether the byte is a blank or a line's end.
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
