import Tokens

/// What the stages know of the request at hand.
struct Call {
    let snapshot: Snapshot
    let foresight: ContextForesight
    let fields: RequestFields
    let verb: Verb?
    let isTLS: Bool
    /// The certificate that the peer has shown.
    let clientCertificate: ClientCertificate?
    /// Whether the peer may hand on the certificate of its client.
    let mayForwardCertificates: Bool
    /// Milliseconds since 1970.
    let now: Int64

    init(
        _ head: RequestHead, _ connection: ConnectionFacts, _ snapshot: Snapshot, _ nowMilliseconds: Int64,
        _ foresight: ContextForesight = ContextForesight()
    ) {
        self.snapshot = snapshot
        self.foresight = foresight
        fields = RequestFields(head)
        verb = Verb(head.bytes(head.method))
        isTLS = connection.isTLS
        clientCertificate = connection.clientCertificate
        mayForwardCertificates = connection.mayForwardCertificates
        now = nowMilliseconds
    }
}

/// Chooses the form of refusals.
enum RefusalFormat {
    /// JSON, except that requests with an XML body are answered in XML or as SOAP, and calls of gRPC in its own way.
    @inline(__always)
    static func of(_ call: Call, _ head: RequestHead) -> RefusalWriter.Format {
        if call.verb?.hasNoBody ?? true { return .json }
        return of(contentType: RequestFields.value(call.fields.contentType, head), head)
    }

    private static func of(contentType: UnsafeRawBufferPointer, _ head: RequestHead) -> RefusalWriter.Format {
        if GRPCStatus.isType(contentType) { return .grpc }
        guard Bytes.firstIndex(of: "xml", inAnyCase: contentType) != nil else { return .json }
        if Bytes.firstIndex(of: "application/soap+xml", inAnyCase: contentType) == 0 { return .soap }
        let isPlainXML = Bytes.firstIndex(of: "text/xml", inAnyCase: contentType) == 0
        return isPlainXML && RequestFields.find(soapAction, head) != nil ? .soap : .xml
    }

    private static let soapAction = Array("soapaction".utf8)
}
