import Crypto

/// A name and password for back ends that ask for Digest authentication.
struct DigestAccount: Sendable {
    /// Number under which loops keep the last challenge.
    let id: Int
    let username: String
    let password: String

    /// What a request is answered for.
    struct Message {
        var method: String
        /// The request target.
        var target: String
        var body: [UInt8]
    }

    /// The value of `Authorization` (RFC 7616 §3.4).
    ///
    /// - Parameters:
    ///   - count: how often the challenge's nonce has been used, this time included.
    ///   - clientNonce: random text without quotes.
    func authorization(_ challenge: DigestChallenge, _ message: Message, count: Int, clientNonce: String) -> String {
        let algorithm = challenge.algorithm
        var account = algorithm.digest("\(username):\(challenge.realm):\(password)")
        if algorithm.isForSession { account = algorithm.digest("\(account):\(challenge.nonce):\(clientNonce)") }
        var action = "\(message.method):\(message.target)"
        if challenge.protection == .integrity { action += ":" + algorithm.digest(message.body) }
        let hexadecimal = String(count, radix: 16)
        let counter = String(repeating: "0", count: max(0, 8 - hexadecimal.count)) + hexadecimal
        let middle =
            challenge.protection.map { "\(challenge.nonce):\(counter):\(clientNonce):\($0.rawValue)" } ?? challenge.nonce
        var parts = [
            "username=\(Self.quoted(username))", "realm=\(Self.quoted(challenge.realm))",
            "nonce=\(Self.quoted(challenge.nonce))", "uri=\(Self.quoted(message.target))",
            "response=\"\(algorithm.digest("\(account):\(middle):\(algorithm.digest(action))"))\"",
            "algorithm=\(algorithm.rawValue)",
        ]
        if let protection = challenge.protection {
            parts += ["qop=\(protection.rawValue)", "nc=\(counter)", "cnonce=\"\(clientNonce)\""]
        } else if algorithm.isForSession {
            parts.append("cnonce=\"\(clientNonce)\"")
        }
        if let opaque = challenge.opaque { parts.append("opaque=\(Self.quoted(opaque))") }
        return "Digest " + parts.joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}

/// The digests that the gateway can make.
enum DigestAlgorithm: String {
    case md5 = "MD5"
    case md5Session = "MD5-sess"
    case sha256 = "SHA-256"
    case sha256Session = "SHA-256-sess"

    /// `nil` for an unknown one; letter case does not count.
    init?(name: String) {
        let known = [Self.md5, .md5Session, .sha256, .sha256Session]
        guard let found = known.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else { return nil }
        self = found
    }

    var isForSession: Bool { self == .md5Session || self == .sha256Session }
    var strength: Int { self == .sha256 || self == .sha256Session ? 2 : 1 }

    func digest(_ text: String) -> String { digest(Array(text.utf8)) }

    /// In hexadecimal.
    func digest(_ bytes: [UInt8]) -> String {
        switch self {
        // MD5 is what RFC 2617 knows and most servers ask for; the connection's own TLS is what protects the password.
        case .md5, .md5Session: Hexadecimal.text(Insecure.MD5.hash(data: bytes))
        case .sha256, .sha256Session: Hexadecimal.text(SHA256.hash(data: bytes))
        }
    }
}

/// Lower-case hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
