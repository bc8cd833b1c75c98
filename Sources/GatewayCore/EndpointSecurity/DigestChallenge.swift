/// What a back end asks for with `WWW-Authenticate: Digest` (RFC 7616 §3.3).
struct DigestChallenge: Equatable {
    var realm: String
    var nonce: String
    var opaque: String?
    var algorithm: DigestAlgorithm
    /// `nil`: the form of RFC 2069, without counter.
    var protection: Protection?

    enum Protection: String {
        case authentication = "auth"
        /// The body is part of the digest.
        case integrity = "auth-int"
    }

    /// The strongest challenge among the values of `WWW-Authenticate` fields that the gateway can answer.
    static func strongest(in values: [String]) -> DigestChallenge? {
        values.flatMap { AuthenticationChallenge.all(in: $0) }.compactMap(DigestChallenge.init).max {
            $0.algorithm.strength < $1.algorithm.strength
        }
    }

    init?(_ challenge: AuthenticationChallenge) {
        guard challenge.scheme == "digest", let nonce = challenge.parameters["nonce"],
            let algorithm = DigestAlgorithm(name: challenge.parameters["algorithm"] ?? "MD5")
        else { return nil }
        self.nonce = nonce
        self.algorithm = algorithm
        realm = challenge.parameters["realm"] ?? ""
        opaque = challenge.parameters["opaque"]
        guard let offered = challenge.parameters["qop"] else { return }
        let names = offered.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
        guard
            let protection = [Protection.authentication, .integrity].first(where: { names.contains($0.rawValue) })
        else { return nil }
        self.protection = protection
    }
}

/// One challenge of a `WWW-Authenticate` field (RFC 9110 §11.6.1).
struct AuthenticationChallenge: Equatable {
    /// Lower case.
    var scheme: String
    /// By name in lower case, without quotes.
    var parameters: [String: String] = [:]

    /// The challenges of a field value in order; what cannot be read ends the list.
    static func all(in value: String) -> [AuthenticationChallenge] {
        var scanner = FieldValueScanner(value)
        var challenges: [AuthenticationChallenge] = []
        while let word = scanner.token() {
            if !challenges.isEmpty, scanner.skip("=") {
                guard let text = scanner.text() else { break }
                challenges[challenges.count - 1].parameters[word.lowercased()] = text
            } else {
                challenges.append(AuthenticationChallenge(scheme: word.lowercased()))
            }
            scanner.skipSeparators()
        }
        return challenges
    }
}

/// Reads a structured field value from left to right.
private struct FieldValueScanner {
    private var rest: Substring.UTF8View

    init(_ value: String) {
        rest = value[...].utf8
        skipSeparators()
    }

    mutating func skipSeparators() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x2c } }

    /// A token; `nil` if there is none.
    mutating func token() -> String? {
        let word = rest.prefix(while: ByteScanning.isToken)
        rest = rest.dropFirst(word.count)
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    /// Whether a character comes next, with blanks around it.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        let trimmed = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard trimmed.first == UInt8(ascii: character) else { return false }
        rest = trimmed.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        return true
    }

    /// A token or a quoted text.
    mutating func text() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return token() }
        var output: [UInt8] = []
        var isEscaped = false
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if isEscaped {
                output.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                return String(decoding: output, as: UTF8.self)
            } else {
                output.append(byte)
            }
        }
        return nil
    }
}
