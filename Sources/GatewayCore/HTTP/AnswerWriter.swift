/// Writes the gateway's own answers with exact framing.
enum AnswerWriter {
    static func write(
        _ answer: borrowing GatewayAnswer, added: UnsafeRawBufferPointer, date: [UInt8], clientMinorVersion: UInt8,
        closes: Bool,
        isHeadRequest: Bool, into output: OutputBuffer
    ) {
        output.reserve(answer.headerLines.count + added.count + answer.body.count + 192)
        output.append("HTTP/1.1 ")
        output.append(decimal: Int64(answer.status))
        output.append(ByteScanning.space)
        output.append(reason(of: answer.status))
        output.append("\r\n")
        output.append(answer.headerLines)
        output.append(added)
        output.append(date)
        if answer.status != 204, answer.status != 304 {
            output.append("Content-Length: ")
            output.append(decimal: Int64(answer.body.count))
            output.append("\r\n")
        }
        ResponseHeadWriter.appendConnection(clientMinorVersion, closes: closes, output)
        output.append("\r\n")
        if !isHeadRequest, answer.status != 204, answer.status != 304 { output.append(answer.body) }
    }

    static func reason(of status: Int32) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
