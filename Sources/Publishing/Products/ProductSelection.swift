import Documents
import Model
import Storage

/// The operations of other APIs that a product consists of, with the APIs as they are now.
struct ProductSelection {
    /// An API and those of its operations that the product has.
    struct Member {
        var api: APIRecord
        var operations: [JSONValue]
    }

    let members: [Member]

    /// Finds what `apis` of a product names. Throws 404 900308 for unknown APIs, 404 903246 for operations that an API does not have,
    /// 409 900343 and 900342 for APIs that cannot be part of a product, 400 900341 for an operation that is there twice, and 404 900763
    /// when nothing is left.
    init(_ apis: JSONValue?, of product: String, for caller: Principal, in connection: any SQLConnection) throws {
        var members: [Member] = []
        var seen: Set<String> = []
        var missing: [String] = []
        for entry in apis?.array ?? [] {
            let id = entry["apiId"]?.string ?? ""
            let api = try APIAccess.visible(id, .api, to: caller, in: connection)
            try Self.check(api)
            var chosen: [JSONValue] = []
            for wanted in entry["operations"]?.array ?? [] {
                let (verb, target) = (wanted["verb"]?.string?.uppercased() ?? "", wanted["target"]?.string ?? "")
                guard let found = api.operations.first(where: { $0["verb"]?.string == verb && $0["target"]?.string == target })
                else {
                    missing.append("\(verb) \(target) of \(api.name)")
                    continue
                }
                guard seen.insert("\(verb) \(target)").inserted else {
                    throw CatalogueError.productResourceTwice(verb, target)
                }
                chosen.append(found)
            }
            if let index = members.firstIndex(where: { $0.api.id == id }) {
                members[index].operations += chosen
            } else if !chosen.isEmpty {
                members.append(Member(api: api, operations: chosen))
            }
        }
        guard missing.isEmpty else { throw CatalogueError.productResourcesMissing(missing) }
        guard !members.isEmpty else { throw CatalogueError.noResources }
        let withoutEndpoint = members.map(\.api).filter { !Self.hasEndpoint($0) }.map(\.name)
        guard withoutEndpoint.isEmpty else { throw CatalogueError.productEndpointsMissing(product, apis: withoutEndpoint) }
        self.members = members
    }

    private static func check(_ api: APIRecord) throws {
        guard api.type == "HTTP" || api.type == "SOAPTOREST" else {
            throw CatalogueError.badRequest("apis: '\(api.name)' is of type \(api.type); products consist of REST operations")
        }
        switch api.lifecycleState {
        case .created, .published: return
        case .prototyped, .blocked, .deprecated, .retired:
            throw CatalogueError.productMemberState(api.name, state: api.lifecycleState)
        }
    }

    private static func hasEndpoint(_ api: APIRecord) -> Bool {
        let isMock = api.document["endpointImplementationType"]?.string ?? "ENDPOINT" != "ENDPOINT"
        return isMock || api.isThirdParty || !(api.endpointConfig ?? JSONObject()).isEmpty
    }
}

extension ProductSelection {
    /// The operations in the contract's form, each with the id of its API in ``apiMember``.
    var operations: [JSONValue] {
        members.flatMap { member in
            member.operations.map { operation in
                var copy = operation
                copy[Self.apiMember] = JSONValue(member.api.id)
                copy["usedProductIds"] = []
                return copy
            }
        }
    }

    /// The member `apis` of the contract's product object, operations in full.
    var apis: JSONValue {
        .array(
            members.map { member in
                [
                    "name": JSONValue(member.api.name), "apiId": JSONValue(member.api.id),
                    "version": JSONValue(member.api.version), "operations": .array(member.operations),
                ]
            })
    }

    /// The scopes that the operations use, as their APIs define them.
    var scopes: JSONValue {
        var seen: Set<String> = []
        let used = Set(members.flatMap { $0.operations.flatMap { $0["scopes"]?.strings ?? [] } })
        return .array(
            members.flatMap { $0.api.document["scopes"]?.array ?? [] }.filter { entry in
                let name = entry["scope"]?["name"]?.string ?? ""
                return used.contains(name) && seen.insert(name).inserted
            })
    }

    /// Where an operation of a product keeps the id of the API that it comes from; no member of the contract.
    static let apiMember = "memberApi"
}
