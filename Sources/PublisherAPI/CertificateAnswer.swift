import ContractRouter
import Documents
import Publishing

/// The answers that client and endpoint certificates share.
enum CertificateAnswer {
    /// A certificate that was added or replaced, with the place where it is found below `path`.
    static func saved(_ json: JSONValue, at path: [String], alias: String) -> APIResponse {
        .ok(json).located(at: path + [alias])
    }

    /// The schema `CertificateInfo`.
    static func details(_ details: CertificateDetails, at milliseconds: Int64) -> APIResponse {
        .ok([
            "status": details.isExpired(at: milliseconds) ? "Expired" : "Active",
            "validity": [
                "from": JSONValue(Timestamp.text(details.notBeforeMilliseconds)),
                "to": JSONValue(Timestamp.text(details.notAfterMilliseconds)),
            ],
            "version": JSONValue(String(details.version)), "subject": JSONValue(details.subject),
        ])
    }

    /// A file to save, as PEM.
    static func file(_ pem: String, alias: String) -> APIResponse {
        var answer = APIResponse.bytes(Array(pem.utf8), contentType: "application/octet-stream")
        let name = String(alias.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "_" })
        answer.headers.append(("Content-Disposition", "attachment; filename=\"\(name).crt\""))
        return answer
    }
}
