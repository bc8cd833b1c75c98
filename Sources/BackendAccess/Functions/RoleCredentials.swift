import Model
import OutgoingHTTP
import Tokens

/// Takes on roles at the Security Token Service (`AssumeRole`).
struct RoleCredentials: Sendable {
    let services: AWSServices
    let transmit: AWSTransmission

    func credentials(
        of role: GatewayLambdaRole, region: String, by credentials: AWSCredentials, nowMilliseconds: Int64
    ) async throws -> TemporaryCredentials {
        let region = role.region.isEmpty ? region : role.region
        let fields = [
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role.resourceName),
            ("RoleSessionName", role.sessionName),
        ]
        let form = fields.map { "\($0)=\(OutgoingRequest.encoded($1))" }.joined(separator: "&")
        let call = AWSCall(
            method: "POST", base: AWSServices.address(services.roles, region: region), path: "/",
            fields: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], body: Array(form.utf8), seconds: 10)
        let signer = AWSRequestSigner(credentials: credentials, region: region, service: "sts")
        let answer = try await transmit(call.signed(by: signer, nowMilliseconds: nowMilliseconds))
        guard answer.status == 200 else { throw AWSError.status(answer.status, service: "the token service") }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let key = Self.element("AccessKeyId", text), let secret = Self.element("SecretAccessKey", text),
            let token = Self.element("SessionToken", text), let expiration = Self.element("Expiration", text)
        else { throw AWSError.malformedAnswer(service: "the token service") }
        return try TemporaryCredentials(
            AWSCredentials(accessKey: key, secretKey: secret, sessionToken: token), expiration: expiration,
            nowMilliseconds: nowMilliseconds)
    }

    /// The content of the first element of a name. None of those that are read here can hold markup or references.
    private static func element(_ name: String, _ text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>") else { return nil }
        let rest = text[start.upperBound...]
        guard let end = rest.firstRange(of: "</\(name)>") else { return nil }
        let content = rest[..<end.lowerBound]
        return content.contains("<") || content.contains("&") || content.isEmpty ? nil : String(content)
    }
}
