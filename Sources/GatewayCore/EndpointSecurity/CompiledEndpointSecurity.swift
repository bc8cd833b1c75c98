import FoundationEssentials
import Model
import Tokens

/// How the gateway proves itself to the back ends of one key type, with everything ready that does not depend on the request.
enum CompiledEndpointSecurity: Sendable {
    /// Always the same header field: a password (RFC 7617) or a key.
    case field(CredentialField)
    /// Always the same parameter.
    case query(CredentialParameter)
    case digest(DigestAccount)
    case token(EndpointTokenSource)
    case awsSignature(AWSRequestSigner)
    /// What is stored cannot be sent. Requests are refused: without a credential they must not go on.
    case unusable

    /// - Parameters:
    ///   - account: gives a Digest account the number under which loops keep its challenges.
    ///   - source: gives the source of tokens for a definition.
    init(
        _ definition: GatewayEndpointSecurity, account: () -> Int, source: (GatewayEndpointOAuth) -> EndpointTokenSource
    ) {
        switch definition {
        case .basic(let username, let password):
            let text = Data("\(username):\(password.value)".utf8).base64EncodedString()
            self = CredentialField(name: "Authorization", value: "Basic " + text).map(Self.field) ?? .unusable
        case .digest(let username, let password):
            self = .digest(DigestAccount(id: account(), username: username, password: password.value))
        case .oauth(let definition): self = .token(source(definition))
        case .apiKey(let name, .header, let value):
            self = CredentialField(name: name, value: value.value).map(Self.field) ?? .unusable
        case .apiKey(let name, .query, let value):
            self = name.isEmpty ? .unusable : .query(CredentialParameter(name: name, value: value.value))
        case .awsSignature(let accessKey, let secretKey, let region, let service):
            self = .awsSignature(
                AWSRequestSigner(
                    credentials: AWSCredentials(accessKey: accessKey, secretKey: secretKey.value), region: region,
                    service: service))
        }
    }

    /// Whether what is sent depends on the host that it is sent to, so that a request cannot be sent to another one.
    var isBoundToHost: Bool {
        if case .awsSignature = self { true } else { false }
    }
}

/// A header field with a credential of the gateway's own.
struct CredentialField: Sendable {
    let name: FieldName
    /// The name in lower case.
    let lowerName: [UInt8]
    /// `name: value\r\n`.
    let line: [UInt8]

    /// `nil` for what can be no field.
    init?(name: String, value: String) {
        guard let name = FieldName(name), !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }) else {
            return nil
        }
        self.name = name
        lowerName = name.bytes.map(Bytes.lowercased)
        line = name.bytes + Array(": \(value)\r\n".utf8)
    }

    /// A value for `Authorization`; `nil` for what can be none.
    static func authorization(_ value: String) -> CredentialField? { CredentialField(name: "Authorization", value: value) }
}

/// A query parameter with a credential of the gateway's own.
struct CredentialParameter: Sendable {
    /// `name=`, percent-encoded.
    let prefix: [UInt8]
    /// `name=value`, percent-encoded.
    let parameter: [UInt8]

    init(name: String, value: String) {
        prefix = Array(PercentEncoding.encoded(name).utf8) + [0x3d]
        parameter = prefix + Array(PercentEncoding.encoded(value).utf8)
    }

    /// A query with the parameter, and without what a client has sent in its place.
    func added(to query: [UInt8]?) -> [UInt8] {
        let others = (query ?? []).split(separator: 0x26).filter { !isReplaced($0) }
        return Array((others + [parameter[...]]).joined(separator: [0x26]))
    }

    /// Names are compared decoded and without regard to case: a back end may see more spellings as one name than one.
    private func isReplaced(_ part: ArraySlice<UInt8>) -> Bool {
        let name = part.prefix { $0 != 0x3d }
        return PercentEncoding.decoded(name).map(Bytes.lowercased)
            == PercentEncoding.decoded(prefix.dropLast()).map(Bytes.lowercased)
    }
}
