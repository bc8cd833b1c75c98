import Tokens

/// What the stages know of the request at hand.
struct Call {
    let snapshot: Snapshot
    let fields: RequestFields
    let verb: Verb?
    let isTLS: Bool
    /// The certificate that the peer has shown.
    let clientCertificate: ClientCertificate?
    /// Whether the peer may hand on the certificate of its client.
    let mayForwardCertificates: Bool
    /// Milliseconds since 1970.
    let now: Int64
}

/// What a stage says.
enum Outcome {
    case forward
    /// The exchange holds an answer.
    case answered
    case refused(Refusal)
}

/// Chooses the form of refusals.
enum RefusalFormat {
    /// JSON, except that requests with an XML body are answered in XML or as SOAP.
    @inline(__always)
    static func of(_ call: Call, _ head: RequestHead) -> RefusalWriter.Format {
        if call.verb?.hasNoBody ?? true { return .json }
        return of(contentType: RequestFields.value(call.fields.contentType, head), head)
    }

    private static func of(contentType: UnsafeRawBufferPointer, _ head: RequestHead) -> RefusalWriter.Format {
        guard Bytes.firstIndex(of: "xml", inAnyCase: contentType) != nil else { return .json }
        if Bytes.firstIndex(of: "application/soap+xml", inAnyCase: contentType) == 0 { return .soap }
        let isPlainXML = Bytes.firstIndex(of: "text/xml", inAnyCase: contentType) == 0
        return isPlainXML && RequestFields.find(soapAction, head) != nil ? .soap : .xml
    }

    private static let soapAction = Array("soapaction".utf8)
}
