import ContractRouter
import Documents
import Model
import Operating
import Storage

/// One open feed: everything or the changes since a position, and from then on every change.
struct FeedStream: Sendable {
    var reader: GatewayRecordReader
    var gateways: RemoteGateways
    var instance: GatewayInstance
    var tokenID: String
    var scope: FeedScope
    /// `nil`: the gateway gets everything first.
    var start: FeedPosition?
    var heartbeatSeconds: Int
    var isCompressed: Bool

    /// Entities that are read at a time.
    private static let pageSize = 200

    func produce(_ writer: BodyWriter) async throws {
        let session = try await gateways.open(instance, tokenID: tokenID)
        // Not a child of this task: it has to run even if this one is cancelled, which is how most feeds end.
        let close = { [gateways] in await Task { await gateways.closed(session.id) }.value }
        do {
            try await run(session, FeedLines(writer, gzip: isCompressed ? GzipStream() : nil))
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func run(_ session: RemoteGateways.Session, _ feed: FeedLines) async throws {
        var lines = feed
        lines.append([
            FeedProtocol.Member.feed: JSONValue(FeedProtocol.schema), FeedProtocol.Member.session: JSONValue(session.id),
            FeedProtocol.Member.isComplete: JSONValue(start == nil),
            FeedProtocol.Member.heartbeatSeconds: JSONValue(heartbeatSeconds),
        ])
        var position: FeedPosition
        if let start { position = start } else { position = try await sendEverything(&lines) }
        guard try await sendChanges(&lines, after: &position, isFirst: true) else { return }
        for await _ in session.signals {
            for question in await gateways.takeQuestions(of: session.id) { lines.append(question) }
            guard try await sendChanges(&lines, after: &position, isFirst: false) else { break }
        }
        try await lines.finish()
    }

    /// Sends all entities, page by page. Those that change meanwhile are sent again as changes after the returned position.
    private func sendEverything(_ lines: inout FeedLines) async throws -> FeedPosition {
        let position = try await reader.position()
        var last: GatewayRecord?
        while true {
            let page = try await reader.page(after: last, limit: Self.pageSize)
            for record in page where scope.includes(record.kind, key: record.key, tenant: record.tenant) {
                lines.append(record)
                try await lines.sendPieces()
            }
            last = page.last
            if page.count < Self.pageSize { return position }
        }
    }

    /// Sends what changed, or an empty line as a sign of life. Returns `false` when the log no longer reaches back: the gateway connects anew
    /// and gets everything.
    private func sendChanges(_ lines: inout FeedLines, after position: inout FeedPosition, isFirst: Bool) async throws -> Bool {
        guard case .changes(let through, let records) = try await reader.changes(after: position) else { return false }
        for record in records where scope.includes(record.kind, key: record.key, tenant: record.tenant) {
            lines.append(record)
            try await lines.sendPieces()
        }
        if through != position || isFirst { lines.append(through) } else { lines.append([:]) }
        position = through
        try await lines.send()
        return true
    }
}
