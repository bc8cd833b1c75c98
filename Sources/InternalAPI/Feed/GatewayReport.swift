import Documents
import Model

/// What a gateway tells from time to time and after each change that it has applied.
struct GatewayReport {
    var gatewayID: String
    var session: String
    var acknowledged: Int64?
    /// Everything that it could not take; `nil`: as before.
    var failures: [GatewayInstance.Failure]?
    /// Records of refused and traced requests.
    var decisions: [JSONValue] = []
    /// To which question, and what.
    var answer: (question: Int, value: JSONValue)?
    /// One-time tokens that were used there, with the domains of their tenants.
    var spentTokens: [(id: String, tenantDomain: String, expiresMilliseconds: Int64)] = []

    private static let failureLimit = 100
    private static let textLimit = 1024

    init(_ json: JSONValue) throws {
        typealias Member = FeedProtocol.Member
        gatewayID = try Self.text(FeedProtocol.Parameter.gateway, json)
        session = try Self.text(Member.session, json)
        if let value = json[Member.acknowledged] {
            guard let number = value.int, number >= 0 else {
                throw CatalogueError.badRequest("\(Member.acknowledged): a number is expected")
            }
            acknowledged = Int64(number)
        }
        if let value = json[Member.decisions] {
            guard let list = value.array else { throw CatalogueError.badRequest("\(Member.decisions): a list is expected") }
            decisions = list
        }
        if let value = json[Member.answer] {
            guard let question = value[Member.ask]?.int, let answer = value[Member.value] else {
                throw CatalogueError.badRequest("\(Member.answer): the number of a question and a value are expected")
            }
            self.answer = (question, answer)
        }
        if let value = json[Member.failures] {
            guard let list = value.array else { throw CatalogueError.badRequest("\(Member.failures): a list is expected") }
            failures = try list.prefix(Self.failureLimit).map { entry in
                GatewayInstance.Failure(
                    kind: try Self.text("kind", entry), key: try Self.text(Member.key, entry),
                    message: try Self.text(Member.message, entry))
            }
        }
        spentTokens = try Self.spentTokens(json[Member.spentTokens])
    }

    private static func spentTokens(
        _ value: JSONValue?
    ) throws -> [(id: String, tenantDomain: String, expiresMilliseconds: Int64)] {
        typealias Member = FeedProtocol.Member
        guard let value else { return [] }
        guard let list = value.array, list.count <= FeedProtocol.spentTokenLimit else {
            throw CatalogueError.badRequest(
                "\(Member.spentTokens): a list of at most \(FeedProtocol.spentTokenLimit) tokens is expected")
        }
        return try list.map { entry in
            guard let expires = entry[Member.expires]?.int else {
                throw CatalogueError.badRequest("\(Member.expires): a number is expected")
            }
            return (try text(Member.key, entry), try text(Member.tenantDomain, entry), Int64(expires))
        }
    }

    private static func text(_ name: String, _ json: JSONValue) throws -> String {
        guard let text = json[name]?.string, !text.isEmpty, text.utf8.count <= textLimit, !text.utf8.contains(0) else {
            throw CatalogueError.badRequest("\(name): a text is expected")
        }
        return text
    }
}
