import Model

/// The deny policies of one tenant, compiled for look-ups.
final class TenantDenials: Sendable {
    private let contexts: Set<[UInt8]>
    /// `owner:name`.
    private let applications: Set<[UInt8]>
    /// `name@domain` in lower case: names of users compare without case.
    private let users: Set<[UInt8]>
    /// The ids of the same users, as far as they exist.
    private let userIDs: Set<String>
    private let addresses: [DeniedAddresses]
    private let subscriptions: Set<String>

    private struct DeniedAddresses: Sendable {
        let span: AddressSpan
        let isInverted: Bool
    }

    init(_ policies: some Sequence<GatewayDenyPolicy>) {
        var contexts: Set<[UInt8]> = []
        var applications: Set<[UInt8]> = []
        var users: Set<[UInt8]> = []
        var userIDs: Set<String> = []
        var addresses: [DeniedAddresses] = []
        var subscriptions: Set<String> = []
        for policy in policies {
            switch policy.condition {
            case .api(let context): contexts.insert(Bytes.trimmingSlash(context))
            case .application(let owner, let name): applications.insert(Array("\(owner):\(name)".utf8))
            case .user(let name):
                users.insert(Array(name.lowercased().utf8))
                if let id = policy.userID { userIDs.insert(id) }
            case .address(let address, let isInverted):
                if let span = AddressSpan(address) { addresses.append(.init(span: span, isInverted: isInverted)) }
            case .addressRange(let from, let to, let isInverted):
                if let span = AddressSpan(from: from, to: to) { addresses.append(.init(span: span, isInverted: isInverted)) }
            case .subscription(let key): subscriptions.insert(key)
            }
        }
        self.contexts = contexts
        self.applications = applications
        self.users = users
        self.userIDs = userIDs
        self.addresses = addresses
        self.subscriptions = subscriptions
    }

    /// Whether calls of an API from an address are shut out.
    func deny(_ api: CompiledAPI, from clientAddress: UnsafeRawBufferPointer) -> Bool {
        if contexts.contains(api.context) { return true }
        guard !addresses.isEmpty, let address = IPAddress(clientAddress) else { return false }
        return addresses.contains { $0.span.contains(address) != $0.isInverted }
    }

    /// Whether the user behind a credential is shut out.
    func denyUser(of credential: Credential) -> Bool {
        guard !users.isEmpty else { return false }
        return users.contains(Array(String(decoding: credential.userName, as: UTF8.self).lowercased().utf8))
            || credential.userID.map(userIDs.contains) ?? false
    }

    func deny(_ application: CompiledApplication) -> Bool {
        !applications.isEmpty && applications.contains(application.ownerAndName)
    }

    /// Whether an application's calls of an API with keys of a type are shut out.
    func denySubscription(_ api: CompiledAPI, _ application: CompiledApplication, _ keyType: KeyType) -> Bool {
        guard !subscriptions.isEmpty else { return false }
        let context = String(decoding: api.context, as: UTF8.self)
        let definition = application.definition
        return subscriptions.contains(
            "\(context):\(api.version):\(definition.owner)-\(definition.name):\(keyType.rawValue)")
    }
}
