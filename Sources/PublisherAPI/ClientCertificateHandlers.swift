import ContractRouter
import Documents
import Model
import Publishing

/// The certificates with which clients call an API. The older paths without key type mean production.
struct ClientCertificateHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAPIClientCertificates", list)
        table.publisher("addAPIClientCertificate", add)
        table.publisher("getAPIClientCertificateByAlias", read)
        table.publisher("updateAPIClientCertificateByAlias", update)
        table.publisher("deleteAPIClientCertificateByAlias", delete)
        table.publisher("getAPIClientCertificateContentByAlias", content)
        table.publisher("getAPIClientCertificatesByKeyType", list)
        table.publisher("addAPIClientCertificateOfGivenKeyType", add)
        table.publisher("getAPIClientCertificateByKeyTypeAndAlias", read)
        table.publisher("updateAPIClientCertificateByKeyTypeAndAlias", update)
        table.publisher("deleteAPIClientCertificateByKeyTypeAndAlias", delete)
        table.publisher("getAPIClientCertificateContentByKeyTypeAndAlias", content)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.clientCertificates.list(
            ofAPI: request.pathParameter("apiId"), try Self.keyType(of: request), alias: request.query["alias"]?.string,
            for: request.caller())
        let page = request.page
        return .list(
            found.dropFirst(page.offset).prefix(page.limit).map(Self.json), total: found.count, of: request,
            named: "certificates")
    }

    private func add(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let (apiID, keyType) = (request.pathParameter("apiId"), try Self.keyType(of: request))
        let added = try await services.clientCertificates.add(
            request.fieldText("alias") ?? "", keyType, toAPI: apiID, file: request.part("certificate")?.bytes ?? [],
            policy: request.fieldText("tier") ?? "", by: caller, request.change(by: caller))
        return CertificateAnswer.saved(
            Self.json(added), at: ["apis", apiID, "client-certs", keyType.rawValue], alias: added.alias)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        CertificateAnswer.details(try await stored(request).details, at: request.milliseconds)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let (apiID, keyType) = (request.pathParameter("apiId"), try Self.keyType(of: request))
        let updated = try await services.clientCertificates.update(
            request.pathParameter("alias"), keyType, ofAPI: apiID, file: request.part("certificate")?.bytes,
            policy: request.fieldText("tier"), by: caller, request.change(by: caller))
        return CertificateAnswer.saved(
            Self.json(updated), at: ["apis", apiID, "client-certs", keyType.rawValue], alias: updated.alias)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.clientCertificates.delete(
            request.pathParameter("alias"), try Self.keyType(of: request), ofAPI: request.pathParameter("apiId"), by: caller,
            request.change(by: caller))
        return .noContent
    }

    private func content(_ request: APIRequest) async throws -> APIResponse {
        CertificateAnswer.file(try await stored(request).pem, alias: request.pathParameter("alias"))
    }

    private func stored(_ request: APIRequest) async throws -> (details: CertificateDetails, pem: String) {
        try await services.clientCertificates.content(
            request.pathParameter("alias"), try Self.keyType(of: request), ofAPI: request.pathParameter("apiId"),
            for: request.caller())
    }

    private static func keyType(of request: APIRequest) throws -> KeyType {
        guard let given = request.pathParameters["keyType"] else { return .production }
        guard let keyType = KeyType(rawValue: given.uppercased()) else { throw CatalogueError.keyTypeInvalid(given) }
        return keyType
    }

    private static func json(_ certificate: ClientCertificate) -> JSONValue {
        [
            "alias": JSONValue(certificate.alias), "apiId": JSONValue(certificate.apiID),
            "tier": JSONValue(certificate.policy),
        ]
    }
}
