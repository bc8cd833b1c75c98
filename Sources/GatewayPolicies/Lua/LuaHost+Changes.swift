import GatewayCore
import Scripting

/// What scripts change: the request on its way to the backend, the answer in the other flows.
extension LuaHost {
    func set(_ key: String, in object: ScriptObject, to value: [UInt8]?) -> Bool {
        switch object {
        case .request where visit.flow == .request: setRequestMember(key, value)
        case .requestHeaders where visit.flow == .request: setField(key, value)
        case .requestQuery where visit.flow == .request: setParameter(Array(key.utf8), value)
        case .response where visit.flow != .request: setResponseMember(key, value)
        case .responseHeaders where visit.flow != .request: setField(key, value)
        default: false
        }
    }

    private func setField(_ key: String, _ value: [UInt8]?) -> Bool {
        guard let name = FieldName(key) else { return false }
        if let value { visit.set(name, to: value) } else { visit.remove(name) }
        return true
    }

    private func setRequestMember(_ key: String, _ value: [UInt8]?) -> Bool {
        guard let draft = visit.request else { return false }
        let text = String(decoding: value ?? [], as: UTF8.self)
        switch key {
        case "method": return draft.setMethod(text)
        case "path":
            guard let value, value.first == UInt8(ascii: "/") else { return false }
            visit.exchange.setUpstreamTarget(path: value, query: visit.exchange.upstreamQuery(draft), draft)
            return true
        case "query_string":
            visit.exchange.setUpstreamTarget(path: visit.exchange.upstreamPath(draft), query: value, draft)
            return true
        case "body": return setBody(value)
        case "endpoint": return value != nil && visit.redirect(to: text, within: services.endpointAddresses)
        default: return false
        }
    }

    private func setResponseMember(_ key: String, _ value: [UInt8]?) -> Bool {
        switch key {
        case "status":
            guard let value, let status = Int32(String(decoding: value, as: UTF8.self)), (200...599).contains(status) else {
                return false
            }
            visit.response?.setStatus(status)
            return true
        case "body": return setBody(value)
        default: return false
        }
    }

    private func setBody(_ value: [UInt8]?) -> Bool {
        visit.replaceContent(value ?? [])
        return true
    }

    private func setParameter(_ name: [UInt8], _ value: [UInt8]?) -> Bool {
        guard let draft = visit.request else { return false }
        var parameters = query
        let place = parameters.firstIndex { $0.name == name } ?? parameters.count
        parameters.removeAll { $0.name == name }
        if let value { parameters.insert((name, value), at: min(place, parameters.count)) }
        visit.exchange.setUpstreamTarget(
            path: visit.exchange.upstreamPath(draft), query: parameters.isEmpty ? nil : QueryCoding.query(parameters), draft)
        return true
    }
}
