import Documents
import Model

/// Checks the operations of an API and gives them their full form.
enum OperationRules {
    static let verbs: Set<String> = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]

    /// The checked operations, each with all members. Throws 900763 for none, and the code of the first rule that is broken.
    static func checked(_ operations: [JSONValue]) throws -> [JSONValue] {
        guard !operations.isEmpty else { throw CatalogueError.noResources }
        var seen: Set<String> = []
        return try operations.map { operation in
            let complete = try checked(operation.object ?? JSONObject())
            let identity = "\(complete["verb"]?.string ?? "") \(complete["target"]?.string ?? "")"
            guard seen.insert(identity).inserted else {
                throw CatalogueError.badRequest("operations: '\(identity)' is given twice")
            }
            return .object(complete)
        }
    }

    private static func checked(_ operation: JSONObject) throws -> JSONObject {
        guard let target = operation["target"]?.string, !target.isEmpty else { throw CatalogueError.operationTargetMissing }
        guard let given = operation["verb"]?.string, !given.isEmpty else {
            throw CatalogueError.operationVerbMissing(target)
        }
        let verb = given.uppercased()
        guard verbs.contains(verb) else { throw CatalogueError.verbInvalid(given, target: target) }
        try checkFlows(operation["operationPolicies"])
        var complete = operation
        complete["target"] = JSONValue(try checkedTarget(target))
        complete["verb"] = JSONValue(verb)
        complete["authType"] = JSONValue(try checkedAuthType(operation["authType"]?.string))
        complete.setDefault("id", "")
        complete.setDefault("throttlingPolicy", "Unlimited")
        complete.setDefault("scopes", [])
        complete.setDefault("usedProductIds", [])
        complete.setDefault("operationPolicies", ["request": [], "response": [], "fault": []])
        return complete
    }

    /// Refuses more policies than anybody needs; what they are is checked when they are applied (``PolicyAttachment``).
    static func checkFlows(_ flows: JSONValue?) throws {
        for flow in PolicyPlaces.flows where (flows?[flow]?.array?.count ?? 0) > mostPolicies {
            throw CatalogueError.badRequest("a flow can have \(mostPolicies) policies at most")
        }
    }

    /// Policies of one flow.
    private static let mostPolicies = 100

    /// Control characters, blanks and dot segments have no place in a path.
    private static func checkedTarget(_ given: String) throws -> String {
        let target = given.hasPrefix("/") ? given : "/" + given
        let isClean = target.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "#") }
        let path = target.prefix { $0 != "?" }
        let segments = path.split(separator: "/")
        guard isClean, target.utf8.count <= 1000, !segments.contains("."), !segments.contains("..") else {
            throw CatalogueError.badRequest("operations: '\(given)' is not a path template")
        }
        return target
    }

    private static func checkedAuthType(_ given: String?) throws -> String {
        let known = ["Any", "Application & Application User", "Application", "Application User", "None"]
        guard let given, !given.isEmpty else { return "Application & Application User" }
        guard let type = known.first(where: { $0.lowercased() == given.lowercased() }) else {
            throw CatalogueError.badRequest("operations: authType '\(given)' is not one of \(known.joined(separator: ", "))")
        }
        return type
    }
}
