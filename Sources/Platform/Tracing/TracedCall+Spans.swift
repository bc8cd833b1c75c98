import GatewayCore
import Telemetry

extension TracedCall {
    /// The spans of the call, named as OpenTelemetry's semantic conventions for HTTP want it.
    var spans: [TraceSpan] { upstreamStart == 0 ? [serverSpan] : [serverSpan, clientSpan] }

    private var serverSpan: TraceSpan {
        var span = TraceSpan(
            traceHigh: traceHigh, traceLow: traceLow, id: self.span, parent: parent,
            name: route.map { "\(knownMethod) \($0)" } ?? knownMethod, kind: .server, start: start, end: end)
        span.attributes = [
            .init("http.request.method", knownMethod), .init("url.path", path), .init("url.scheme", isTLS ? "https" : "http"),
            .init("server.address", serverName), .init("client.address", clientAddress),
            .init("network.protocol.version", "1.\(minorVersion)"), .init("martlet.request.id", requestID),
        ]
        span.add("http.request.method_original", knownMethod == "_OTHER" ? method : nil)
        span.add("http.route", route)
        span.add("user_agent.original", userAgent.isEmpty ? nil : userAgent)
        if status > 0 { span.attributes.append(.init("http.response.status_code", Int(status))) }
        span.add("martlet.api.name", apiName)
        span.add("martlet.api.version", apiVersion)
        span.add("martlet.tenant", tenantDomain)
        span.add("martlet.application.id", applicationID)
        span.add("martlet.consumer_key", consumerKey)
        if errorCode != 0 { span.attributes.append(.init("martlet.error.code", Int(errorCode))) }
        // Of a server only what is its own fault is an error; a refusal is not.
        span.isError = status >= 500 || status == 0
        span.add("error.type", span.isError ? errorName(status) : nil)
        return span
    }

    private var clientSpan: TraceSpan {
        var span = TraceSpan(
            traceHigh: traceHigh, traceLow: traceLow, id: upstreamSpan, parent: self.span, name: knownMethod, kind: .client,
            start: upstreamStart, end: upstreamEnd)
        span.attributes = [
            .init("http.request.method", knownMethod), .init("server.address", upstreamHost),
            .init("server.port", Int(upstreamPort)), .init("url.full", upstreamURL),
        ]
        if upstreamStatus > 0 { span.attributes.append(.init("http.response.status_code", Int(upstreamStatus))) }
        if attempts > 1 { span.attributes.append(.init("http.request.resend_count", Int(attempts - 1))) }
        span.isError = upstreamStatus < 0 || upstreamStatus >= 400
        span.add("error.type", span.isError ? errorName(upstreamStatus) : nil)
        return span
    }

    private func errorName(_ status: Int32) -> String {
        errorType.isEmpty ? (status > 0 ? "\(status)" : "_OTHER") : errorType
    }

    private var knownMethod: String {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"].contains(method) ? method : "_OTHER"
    }

    private var serverName: String {
        if host.hasPrefix("[") { return host.firstIndex(of: "]").map { String(host[...$0]) } ?? host }
        return String(host.prefix { $0 != ":" })
    }
}

extension TraceSpan {
    fileprivate mutating func add(_ name: String, _ value: String?) {
        if let value { attributes.append(Attribute(name, value)) }
    }
}
