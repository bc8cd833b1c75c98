import GatewayCore
import OutgoingHTTP

extension PolicyVisit {
    /// Sends the request to another address, if it may be an endpoint. The addresses behind names are the connection's business.
    func redirect(to url: String, within policy: AddressPolicy) -> Bool {
        guard let parsed = OutgoingURL(url), parsed.scheme == "http" || parsed.scheme == "https",
            policy.allows(literalHost: parsed.host)
        else { return false }
        return redirect(to: url)
    }
}
