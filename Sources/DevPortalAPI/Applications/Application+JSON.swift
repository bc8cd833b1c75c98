import Consuming
import Documents
import Model

/// Applications as the contract shows and takes them.
extension Application {
    func json(subscriptionCount: Int) -> JSONValue {
        var json = infoJSON(subscriptionCount: subscriptionCount)
        json["keys"] = []
        json["subscriptionScopes"] = []
        json["hashEnabled"] = false
        json["visibility"] = JSONValue(visibility)
        return json
    }

    fileprivate func infoJSON(subscriptionCount: Int) -> JSONValue {
        [
            "applicationId": JSONValue(id), "name": JSONValue(name), "throttlingPolicy": JSONValue(policy),
            "description": JSONValue(description), "tokenType": JSONValue(tokenType), "status": JSONValue(status.rawValue),
            "groups": JSONValue(groups), "subscriptionCount": JSONValue(subscriptionCount),
            "attributes": .object(JSONObject(strings: attributes)), "owner": JSONValue(ownerDisplayName),
            "createdTime": JSONValue(String(createdMilliseconds)), "updatedTime": JSONValue(String(updatedMilliseconds)),
        ]
    }
}

extension ApplicationSummary {
    var json: JSONValue { application.json(subscriptionCount: subscriptionCount) }

    /// An entry of a list.
    var infoJSON: JSONValue { application.infoJSON(subscriptionCount: subscriptionCount) }
}

extension ApplicationDraft {
    init(json: JSONValue) {
        self.init(
            name: json["name"]?.string ?? "", description: json["description"]?.string ?? "",
            policy: json["throttlingPolicy"]?.string ?? "", tokenType: json["tokenType"]?.string ?? "JWT",
            attributes: json["attributes"]?.object?.stringMembers ?? [:], groups: json["groups"]?.strings ?? [],
            visibility: json["visibility"]?.string ?? "PRIVATE")
    }
}
