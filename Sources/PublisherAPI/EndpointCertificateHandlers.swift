import ContractRouter
import Documents
import Model
import Publishing

/// The certificates of backends that gateways trust.
struct EndpointCertificateHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getEndpointCertificates", list)
        table.publisher("addEndpointCertificate", add)
        table.publisher("getEndpointCertificateByAlias", read)
        table.publisher("updateEndpointCertificateByAlias", update)
        table.publisher("deleteEndpointCertificateByAlias", delete)
        table.publisher("getEndpointCertificateContentByAlias", content)
        table.publisher("getCertificateUsageByAlias", usage)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.endpointCertificates.list(
            alias: request.query["alias"]?.string, endpoint: request.query["endpoint"]?.string, limit: request.page.limit,
            offset: request.page.offset, for: request.caller())
        return .list(found.certificates.map(Self.json), total: found.total, of: request, named: "certificates")
    }

    private func add(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let added = try await services.endpointCertificates.add(
            request.fieldText("alias") ?? "", endpoint: request.fieldText("endpoint") ?? "",
            file: request.part("certificate")?.bytes ?? [], by: caller, request.change(by: caller))
        return CertificateAnswer.saved(Self.json(added), at: ["endpoint-certificates"], alias: added.alias)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.endpointCertificates.content(request.pathParameter("alias"), for: request.caller())
        return CertificateAnswer.details(found.details, at: request.milliseconds)
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let updated = try await services.endpointCertificates.update(
            request.pathParameter("alias"), file: request.part("certificate")?.bytes ?? [], by: caller,
            request.change(by: caller))
        return CertificateAnswer.saved(Self.json(updated), at: ["endpoint-certificates"], alias: updated.alias)
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.endpointCertificates.delete(
            request.pathParameter("alias"), by: caller, request.change(by: caller))
        return .noContent
    }

    private func content(_ request: APIRequest) async throws -> APIResponse {
        let alias = request.pathParameter("alias")
        let found = try await services.endpointCertificates.content(alias, for: request.caller())
        return CertificateAnswer.file(found.pem, alias: alias)
    }

    private func usage(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.endpointCertificates.usage(
            of: request.pathParameter("alias"), limit: request.page.limit, offset: request.page.offset,
            for: request.caller())
        let items = found.apis.map { api -> JSONValue in
            [
                "id": JSONValue(api.id), "name": JSONValue(api.name), "context": JSONValue(api.contextTemplate.displayed),
                "version": JSONValue(api.version), "provider": JSONValue(api.provider),
            ]
        }
        return .list(items, total: found.total, of: request)
    }

    private static func json(_ certificate: EndpointCertificate) -> JSONValue {
        ["alias": JSONValue(certificate.alias), "endpoint": JSONValue(certificate.endpoint)]
    }
}
