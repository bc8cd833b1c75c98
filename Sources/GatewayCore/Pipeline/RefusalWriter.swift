/// Renders refusals in the form that the request calls for: JSON, the same members as XML, a SOAP 1.1 fault, or the
/// status of gRPC.
enum RefusalWriter {
    enum Format { case json, xml, soap, grpc }

    static func write(_ refusal: Refusal, _ format: Format, into answer: inout GatewayAnswer) {
        answer.status = format == .soap && refusal.status == 0 ? 500 : refusal.status
        switch format {
        case .grpc:
            // The message is in the head alone, which then is also the end ("Trailers-Only").
            answer.status = 200
            line("Content-Type", "application/grpc", &answer)
            line("grpc-status", "\(GRPCStatus(refusal).rawValue)", &answer)
            line("grpc-message", GRPCStatus.message("\(refusal.code): \(description(of: refusal))"), &answer)
            answer.body = []
        case .json:
            line("Content-Type", "application/json; charset=UTF-8", &answer)
            answer.body = json(members(of: refusal))
        case .xml:
            line("Content-Type", "application/xml; charset=UTF-8", &answer)
            let inner = members(of: refusal).map { "<\($0.0)>\(escaped($0.1))</\($0.0)>" }.joined()
            answer.body = Array("<jsonObject>\(inner)</jsonObject>".utf8)
        case .soap:
            line("Content-Type", "text/xml; charset=UTF-8", &answer)
            answer.body = Array(soapFault(refusal).utf8)
        }
        if let challenge = refusal.challenge { line("WWW-Authenticate", challenge, &answer) }
        if let next = refusal.nextAccess { line("Retry-After", CalendarDate(milliseconds: next).httpDate, &answer) }
    }

    private static func line(_ name: String, _ value: String, _ answer: inout GatewayAnswer) {
        answer.headerLines += Array("\(name): \(value)\r\n".utf8)
    }

    private static func description(of refusal: Refusal) -> String {
        guard let next = refusal.nextAccess else { return refusal.description }
        return "\(refusal.description) .You can access API after \(CalendarDate(milliseconds: next).nextAccessTime)"
    }

    private static func members(of refusal: Refusal) -> [(String, String)] {
        let code = ("code", "\(refusal.code)")
        let description = ("description", description(of: refusal))
        switch refusal.shape {
        case .blocked: return [code, ("type", refusal.message), description]
        case .short: return [code, ("message", refusal.message)]
        case .fault: return [code, ("type", "Status report"), ("message", refusal.message), description]
        case .plain:
            let next = refusal.nextAccess.map { [("nextAccessTime", CalendarDate(milliseconds: $0).nextAccessTime)] } ?? []
            return [code, ("message", refusal.message), description] + next
        }
    }

    private static func json(_ members: [(String, String)]) -> [UInt8] {
        [UInt8(ascii: "{")] + EventMembers.join(members) + [UInt8(ascii: "}")]
    }

    private static func soapFault(_ refusal: Refusal) -> String {
        let reason = refusal.blamesClient ? "Authentication Failure" : refusal.message
        let detail = refusal.blamesClient ? refusal.message : description(of: refusal)
        return #"<?xml version="1.0" encoding="UTF-8"?>"#
            + #"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>"#
            + "<faultcode>soapenv:\(refusal.blamesClient ? "Client" : "Server")</faultcode>"
            + "<faultstring>\(escaped(reason))</faultstring><detail>\(escaped(detail))</detail>"
            + "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { output, character in
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            default: output.append(character)
            }
        }
    }
}
