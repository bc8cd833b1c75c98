/// Writes lines of the correlation log, one a call (`docs/correlation-logs.md`).
final class CorrelationLogWriter {
    private let buffer = LogBuffer()

    /// The line of a call that has ended. Columns that are not known are `-`.
    func line(_ exchange: Exchange, _ head: RequestHead?, now: Int64) -> [UInt8] {
        let snapshot = exchange.snapshot
        let api = snapshot?.apis[exchange.api]
        let application = snapshot?.applications[exchange.application]
        let times = exchange.times
        buffer.append(time: now)
        column(Array(exchange.requestID))
        buffer.append("|gateway")
        column(times.milliseconds(from: times.upstreamStarted, to: times.upstreamStarted == 0 ? 0 : times.upstreamEnd))
        buffer.append("|HTTP")
        column(api?.name ?? [])
        column(head.map { Array($0.bytes($0.method)) } ?? [])
        column(api?.contextPath ?? [])
        column(head.map { Self.resource($0, api) } ?? [])
        // The credential itself is in no log.
        buffer.append("|-")
        column(Array((api?.tenantDomain ?? "").utf8))
        column(Array(exchange.clientAddress))
        column(Array((application?.definition.id ?? "").utf8))
        column(Array((api?.id ?? "").utf8))
        column(exchange.requestBodyBytes)
        column(exchange.responseBodyBytes)
        column(Int64(exchange.status))
        column(Array((application?.definition.name ?? "").utf8))
        column(Array((exchange.credential?.consumerKey ?? "").utf8))
        column(times.milliseconds(from: times.received, to: times.answered))
        buffer.append(0x0a)
        return buffer.take() ?? []
    }

    private static func resource(_ head: RequestHead, _ api: CompiledAPI?) -> [UInt8] {
        let path = head.bytes(head.path)
        return Array(path.dropFirst(api.map { min($0.context.count, path.count) } ?? 0))
    }

    /// A bar within a value would shift the columns behind it.
    private func column(_ value: [UInt8]) {
        buffer.append(0x7c)
        if value.isEmpty { return buffer.append(0x2d) }
        value.map { $0 == 0x7c ? 0x5f : $0 }.withUnsafeBytes { buffer.append(quoted: $0) }
    }

    private func column(_ value: Int64) {
        buffer.append(0x7c)
        buffer.append(decimal: value)
    }
}

extension LogBuffer {
    /// Appends a moment as `2025-11-05 10:15:00,123`, in UTC.
    func append(time milliseconds: Int64) {
        let date = CalendarDate(milliseconds: milliseconds)
        append(date.year, digits: 4)
        append("-")
        append(date.month, digits: 2)
        append("-")
        append(date.day, digits: 2)
        append(" ")
        append(date.hour, digits: 2)
        append(":")
        append(date.minute, digits: 2)
        append(":")
        append(date.second, digits: 2)
        append(",")
        append(milliseconds % 1000, digits: 3)
    }
}
