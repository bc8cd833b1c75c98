import Documents
import Model

/// The claims that conditions can name: those of the access token, and those that the gateway itself states about a call.
enum ClaimValues {
    /// The dialect of the claims that gateways of this kind state about a call.
    private static let dialect = UserClaims.dialect + "/"

    /// The values of a claim that are texts: one, several of an array, or none.
    static func values(of name: String, _ request: ConditionSubject) -> [String] {
        if let value = request.credential.claims[name] { return value.strings ?? value.string.map { [$0] } ?? [] }
        guard name.hasPrefix(dialect), let value = stated(String(name.dropFirst(dialect.count)), request) else { return [] }
        return [value]
    }

    private static func stated(_ name: String, _ request: ConditionSubject) -> String? {
        switch name {
        case "enduser": return String(decoding: request.credential.userName, as: UTF8.self)
        case "keytype": return request.credential.keyType.rawValue
        case "apicontext": return String(decoding: request.api.context, as: UTF8.self)
        case "version": return request.api.version
        default: break
        }
        guard let application = request.application?.definition else { return nil }
        switch name {
        case "subscriber": return application.owner
        case "applicationid": return String(application.number)
        case "applicationUUId": return application.id
        case "applicationname": return application.name
        case "applicationtier": return application.policy
        default: return nil
        }
    }
}
