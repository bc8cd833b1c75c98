/// Clients that send their body only when they are told to (RFC 9110 §10.1.1): by the upstream, which sees the expectation, or by the
/// gateway if the upstream says nothing, as servers do that know no expectations.
extension ProxyConnection {
    /// Whether the client may still wait to be told.
    var awaitsInvitation: Bool { head.expectsContinue && !sentContinue && !sentBody }

    /// How long the next piece of the body may take, in milliseconds.
    var bodyPatience: Int64 { awaitsInvitation ? context.timeouts.invitation : context.timeouts.body }

    /// Tells the client in the place of an upstream that has not.
    func invite(at now: WireInstant) -> ProxyActions {
        sendInvitation()
        deadline = now.milliseconds + context.timeouts.body
        return []
    }

    func sendInvitation() {
        context.toClient.append("HTTP/1.1 100 Continue\r\n\r\n")
        sentContinue = true
    }

    /// Passes an interim answer of the upstream on.
    func passInterim(at now: WireInstant) {
        if context.response.status == 100 {
            // Twice told is once too often for simple clients.
            if sentContinue { return }
            sentContinue = true
            if clientState == .body { deadline = now.milliseconds + context.timeouts.body }
        }
        ResponseHeadWriter.writeInterim(context.response, into: context.toClient)
        sentInterim = true
    }
}
