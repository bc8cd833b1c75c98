import GatewayCore
import Logging
import Scripting

/// What scripts see of one message. Lives for one call.
final class LuaHost: ScriptHost {
    let visit: PolicyVisit
    private let policy: LuaPolicy

    init(visit: PolicyVisit, policy: LuaPolicy) {
        self.visit = visit
        self.policy = policy
    }

    var services: PolicyServices { policy.workshop.services }

    /// Characters of a line that scripts can log.
    private static let longestLine = 2048

    func log(_ message: String) {
        services.logger.info(
            "\(message.prefix(Self.longestLine))", metadata: ["policy": "\(policy.title)", "request": "\(visit.requestID)"])
    }

    func value(of key: String, in object: ScriptObject) -> [UInt8]? {
        switch object {
        case .request: requestMember(key)
        case .requestHeaders: FieldName(key).flatMap { visit.request?.value(of: $0) }
        case .requestQuery: query.first { $0.name.elementsEqual(key.utf8) }?.value
        case .response: responseMember(key)
        case .responseHeaders: FieldName(key).flatMap { visit.response?.value(of: $0) }
        case .context: contextMember(key).map { Array($0.utf8) }
        case .parameters: policy.parameters[key].map { Array($0.utf8) }
        }
    }

    func name(at position: Int, in object: ScriptObject) -> [UInt8]? {
        let names: [[UInt8]] =
            switch object {
            case .requestHeaders: visit.request?.fields.map(\.name) ?? []
            case .responseHeaders: visit.response?.fields.map(\.name) ?? []
            case .requestQuery: query.map(\.name)
            case .parameters: policy.parameters.keys.sorted().map { Array($0.utf8) }
            case .request, .response, .context: []
            }
        return names.indices.contains(position) ? names[position] : nil
    }

    /// The parameters of the query in order.
    var query: [(name: [UInt8], value: [UInt8])] {
        guard let draft = visit.request else { return [] }
        return QueryCoding.parameters(of: visit.exchange.upstreamQuery(draft) ?? [])
    }

    private func requestMember(_ key: String) -> [UInt8]? {
        guard let draft = visit.request else { return nil }
        switch key {
        case "method": return draft.method
        case "path": return visit.exchange.upstreamPath(draft)
        case "query_string": return visit.exchange.upstreamQuery(draft)
        case "body": return visit.exchange.requestBody
        default: return nil
        }
    }

    private func responseMember(_ key: String) -> [UInt8]? {
        guard let draft = visit.response else { return nil }
        switch key {
        case "status": return Array("\(draft.status)".utf8)
        case "body": return visit.exchange.responseBody
        default: return nil
        }
    }

    private func contextMember(_ key: String) -> String? {
        switch key {
        case "user": visit.userName
        case "application": visit.application?.name
        case "application_id": visit.application?.id
        case "application_owner": visit.application?.owner
        case "api": visit.apiName
        case "api_version": visit.apiVersion
        case "api_context": visit.apiContext
        case "resource": visit.resourceTemplate
        case "verb": visit.resourceVerb
        case "tenant": visit.tenantDomain
        case "client_address": visit.clientAddress
        case "request_id": visit.requestID
        case "key_type": visit.exchange.keyType.rawValue
        case "flow": visit.flow.rawValue
        case "error_code": visit.refusal.map { "\($0.code)" }
        case "error_message": visit.refusal?.description
        default: key.hasPrefix("claim:") ? claim(String(key.dropFirst(6))) : nil
        }
    }

    private func claim(_ name: String) -> String? {
        guard let value = visit.claim(name), !value.isNull else { return nil }
        return value.string ?? value.text
    }
}
