/// Spans in the form in which OTLP carries them: an `ExportTraceServiceRequest` of OpenTelemetry's protocol, version 1.
public enum OTLPTraces {
    /// - Parameters:
    ///   - resource: what is said of the sender, for instance its `service.name`.
    ///   - scope: name and version of the program that made the spans.
    public static func request(
        _ spans: [TraceSpan], resource: [TraceSpan.Attribute], scope: (name: String, version: String)
    ) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resourceSpans in
            resourceSpans.message(1) { message in
                for attribute in resource { append(attribute, field: 1, to: &message) }
            }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { message in
                    message.text(1, scope.name)
                    message.text(2, scope.version)
                }
                for span in spans { scopeSpans.message(2) { append(span, to: &$0) } }
            }
        }
        return request.bytes
    }

    private static func append(_ span: TraceSpan, to message: inout ProtobufWriter) {
        message.data(1, bytes(span.traceHigh) + bytes(span.traceLow))
        message.data(2, bytes(span.id))
        if span.parent != 0 { message.data(4, bytes(span.parent)) }
        message.text(5, span.name)
        message.integer(6, span.kind.rawValue)
        message.fixed(7, span.start)
        message.fixed(8, span.end)
        for attribute in span.attributes { append(attribute, field: 9, to: &message) }
        if span.isError { message.message(15) { $0.integer(3, 2) } }
        // The lower bits are those of `traceparent`: only sampled spans are sent.
        message.fixed(16, UInt32(1))
    }

    private static func append(_ attribute: TraceSpan.Attribute, field: Int, to message: inout ProtobufWriter) {
        message.message(field) { pair in
            pair.text(1, attribute.name)
            pair.message(2) { value in
                switch attribute.value {
                // The member that is set says of which type the value is, so it is written also when it is empty.
                case .text(let text): value.data(1, Array(text.utf8))
                case .number(let number): value.oneOf(3, UInt64(bitPattern: number))
                }
            }
        }
    }

    /// Ids are bytes, the highest first.
    private static func bytes(_ id: UInt64) -> [UInt8] { withUnsafeBytes(of: id.bigEndian) { Array($0) } }
}
