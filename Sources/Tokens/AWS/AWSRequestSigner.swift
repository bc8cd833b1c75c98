import Crypto

/// Keys of an account of Amazon Web Services.
public struct AWSCredentials: Sendable, Hashable {
    public var accessKey: String
    public var secretKey: String
    /// Present in temporary keys.
    public var sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "[secret]" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Signs requests with Signature Version 4 of Amazon Web Services.
public struct AWSRequestSigner: Sendable {
    public var credentials: AWSCredentials
    public var region: String
    public var service: String

    public init(credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// A request as far as it is signed.
    public struct Message: Sendable {
        public var method: String
        /// The path as it is sent, from `/` on.
        public var path: String
        /// As it is sent, without question mark.
        public var query: String
        /// The value of `Host`.
        public var host: String
        /// Further fields that are signed.
        public var fields: [(name: String, value: String)]
        public var body: [UInt8]

        public init(
            method: String, path: String, query: String = "", host: String, fields: [(name: String, value: String)] = [],
            body: [UInt8] = []
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.host = host
            self.fields = fields
            self.body = body
        }
    }

    /// The fields to send beside those of the message.
    ///
    /// - Parameter showsBodyDigest: whether the body's digest is sent in a field of its own, which some services want.
    public func signature(
        of message: Message, nowMilliseconds: Int64, showsBodyDigest: Bool = true
    ) -> [(name: String, value: String)] {
        let time = AWSTime(milliseconds: nowMilliseconds)
        let bodyDigest = Self.digest(message.body)
        var added = [(name: "X-Amz-Date", value: time.text)]
        if showsBodyDigest { added.append(("X-Amz-Content-Sha256", bodyDigest)) }
        if let token = credentials.sessionToken { added.append(("X-Amz-Security-Token", token)) }
        let signed = (message.fields + added + [("Host", message.host)])
            .map { (name: $0.name.lowercased(), value: Self.folded($0.value)) }.sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            message.method, Self.canonicalPath(message.path, isEncodedTwice: service != "s3"),
            Self.canonicalQuery(message.query), signed.map { "\($0.name):\($0.value)\n" }.joined(), names, bodyDigest,
        ].joined(separator: "\n")
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time.text)\n\(scope)\n\(Self.digest(Array(canonical.utf8)))"
        let signature = Self.hexadecimal(Self.code(text, key: signingKey(day: time.day)))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return added + [("Authorization", authorization)]
    }

    private func signingKey(day: String) -> [UInt8] {
        [region, service, "aws4_request"].reduce(Self.code(day, key: Array("AWS4\(credentials.secretKey)".utf8))) {
            Self.code($1, key: $0)
        }
    }

    /// All services but the object store want the path encoded once more than it is sent.
    private static func canonicalPath(_ path: String, isEncodedTwice: Bool) -> String {
        if path.isEmpty { return "/" }
        return isEncodedTwice
            ? path.split(separator: "/", omittingEmptySubsequences: false).map(encoded).joined(separator: "/") : path
    }

    private static func canonicalQuery(_ query: String) -> String {
        query.split(separator: "&").map { part -> (String, String) in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (canonical(pair[0]), pair.count > 1 ? canonical(pair[1]) : "")
        }
        .sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// One spelling for a part of the query, however its sender has encoded it.
    private static func canonical(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == 0x25, digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return encoded(bytes)
    }

    private static func encoded(_ text: Substring) -> String { encoded(Array(text.utf8)) }

    private static func encoded(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let output = bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: [byte]
            default: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Without blanks at both ends, and with one in the place of several.
    private static func folded(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }

    private static func digest(_ bytes: [UInt8]) -> String { hexadecimal(Array(SHA256.hash(data: bytes))) }

    private static func code(_ text: String, key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
