import GatewayCore
import Logging

/// `addLogMessage`, `debugRequestFlow` and `debugResponseFlow`: write the message, or what matters of it, to the gateway's log. Values of
/// fields that carry credentials are left out.
struct LogMessagePolicy: FlowPolicy {
    enum Extent { case everything, request, response }

    let needsBody: Bool
    private let extent: Extent
    private let logger: Logger

    /// Bytes of a body that are written.
    private static let bodyBytes = 4096
    private static let secretFields: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "apikey", "internal-key", "x-jwt-assertion",
    ]

    init(_ extent: Extent, logger: Logger) {
        self.extent = extent
        self.logger = logger
        needsBody = extent == .everything
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        var metadata: Logger.Metadata = [
            "flow": "\(visit.flow.rawValue)", "request": "\(visit.requestID)", "api": "\(visit.apiTitle)",
            "resource": "\(visit.resourceVerb) \(visit.resourceTemplate)",
        ]
        switch extent {
        case .everything:
            addTarget(of: visit, to: &metadata)
            metadata["headers"] = .string(Self.headers(of: visit))
            metadata["body"] = .string(String(decoding: (visit.body ?? []).prefix(Self.bodyBytes), as: UTF8.self))
        case .request:
            addTarget(of: visit, to: &metadata)
            for name in ["Host", "Origin", "Content-Type"] { add(name, of: visit, to: &metadata) }
        case .response:
            metadata["endpoint"] = "\(visit.endpointURL)"
            metadata["status"] = "\(visit.response?.status ?? 0)"
            add("Content-Type", of: visit, to: &metadata)
        }
        logger.info("message", metadata: metadata)
        return .next
    }

    private func addTarget(of visit: PolicyVisit, to metadata: inout Logger.Metadata) {
        if visit.flow == .request, let draft = visit.request {
            metadata["verb"] = "\(String(decoding: draft.method, as: UTF8.self))"
            metadata["to"] = "\(String(decoding: visit.exchange.upstreamPath(draft), as: UTF8.self))"
        } else {
            metadata["status"] = "\(visit.response?.status ?? 0)"
        }
    }

    private func add(_ name: String, of visit: PolicyVisit, to metadata: inout Logger.Metadata) {
        guard let field = FieldName(name), let value = visit.value(of: field) else { return }
        metadata[name] = "\(String(decoding: value, as: UTF8.self))"
    }

    private static func headers(of visit: PolicyVisit) -> String {
        visit.fields.map { field in
            let name = String(decoding: field.name, as: UTF8.self)
            return "\(name): \(secretFields.contains(name.lowercased()) ? "***" : String(decoding: field.value, as: UTF8.self))"
        }.joined(separator: ", ")
    }
}
