import ContractRouter
import Documents
import FoundationEssentials
import Model

/// Answers in the shapes of SCIM 2.0 (RFC 7644).
enum SCIMAnswer {
    static let contentType = "application/scim+json"

    static func resource(_ json: JSONValue, status: Int = 200) -> APIResponse {
        .bytes(json.serialized(), contentType: contentType, status: status)
    }

    static func created(_ json: JSONValue) -> APIResponse {
        var response = resource(json, status: 201)
        response.headers.append(("Location", json["meta"]?["location"]?.string ?? ""))
        return response
    }

    static let deleted = APIResponse(status: 204)

    /// RFC 7644 §3.4.2; `startIndex` counts from 1.
    static func list(_ resources: [JSONValue], of request: SCIMListRequest) -> APIResponse {
        let page = resources.dropFirst(request.startIndex - 1).prefix(request.count ?? resources.count)
        return resource([
            "totalResults": JSONValue(resources.count), "startIndex": JSONValue(request.startIndex),
            "itemsPerPage": JSONValue(page.count),
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "Resources": .array(page.map(request.selected)),
        ])
    }

    /// RFC 7644 §3.12.
    static func error(_ error: CatalogueError, type: String? = nil) -> APIResponse {
        var json: JSONValue = ["schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"]]
        json["scimType"] = (type ?? (error.status == 409 ? "uniqueness" : nil)).map(JSONValue.string)
        json["detail"] = .string(error.description)
        json["status"] = .string(String(error.status))
        return resource(json, status: error.status)
    }

    static func meta(
        _ type: String, location: String, created: Int64, modified: Int64
    ) -> JSONValue {
        [
            "created": .string(time(created)), "lastModified": .string(time(modified)), "location": .string(location),
            "resourceType": .string(type),
        ]
    }

    /// ISO 8601 in UTC with milliseconds.
    static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
