import ArgumentParser
import Documents
import FoundationEssentials
import Settings

/// `martlet explain`: why a gateway refused a request. It asks a running platform by its REST API.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell why a request was refused, or how a traced one went.",
        discussion: """
            The id is the value of the field activityid of the answer. On the platform's machine --data (and --config) are enough: address, \
            certificate and the administrator's password come from there. From elsewhere give --url, --certificate if the system does not \
            know the platform's, and an access token in MARTLET_TOKEN, or --user and the password in MARTLET_PASSWORD.
            """)

    @OptionGroup var options: PlatformOptions

    @Argument(help: "The request's id.")
    var requestID: String

    @Option(help: "Address of the platform, https://host:9443; without it, that of the configuration.")
    var url: String?

    @Option(
        help: "A PEM file with the certificate to trust; without it, the data directory's beside those that the system knows.")
    var certificate: String?

    @Option(help: "Who asks; without it, the administrator of the configuration.")
    var user: String?

    @Option(help: "Added to the port of the configuration.")
    var portOffset = 0

    @Flag(help: "Print the record as JSON.")
    var json = false

    func run() async throws {
        try await StartProblem.explaining {
            let record = try await fetched()
            if json { Terminal.say(record.text) } else { Terminal.say(DecisionText(record).text) }
        }
    }

    private func fetched() async throws -> JSONValue {
        let environment = ProcessInfo.processInfo.environment
        let settings = try options.settings(environment: environment)
        let base = try url ?? PlatformAddresses(settings: settings, offset: portOffset).management
        guard base.hasPrefix("https://") else { throw StartProblem("The address has to begin with https://.") }
        let request = ManagementRequest(
            url:
                "\(base.hasSuffix("/") ? String(base.dropLast()) : base)/api/am/martlet/v1/decisions/\(Self.encoded(requestID))",
            authorization: try authorization(settings, environment), trustedCertificates: try trusted(settings))
        let (status, body) = try await request.get()
        switch status {
        case 200: return body
        case 401: throw StartProblem("The platform at \(base) does not accept the credential.")
        case 404:
            throw StartProblem(
                "No record of the request \(requestID) is known. It may have passed untraced, be long ago, or belong to another tenant."
            )
        default:
            throw StartProblem(
                "The platform answered \(status): \(body["description"]?.string ?? body["message"]?.string ?? "")")
        }
    }

    private func authorization(_ settings: Settings, _ environment: [String: String]) throws -> String {
        if let token = environment["MARTLET_TOKEN"], !token.isEmpty { return "Bearer \(token)" }
        let name = user ?? settings[SettingsTable.administratorName]
        let known = user == nil ? settings[SettingsTable.administratorPassword] : ""
        let password = environment["MARTLET_PASSWORD"] ?? known
        guard !name.isEmpty, !password.isEmpty else {
            throw StartProblem(
                "Who asks? Set MARTLET_TOKEN, or MARTLET_PASSWORD and --user, or name the platform's directory with --data.")
        }
        return "Basic \(Data("\(name):\(password)".utf8).base64EncodedString())"
    }

    /// PEM text; empty where only the system's authorities count.
    private func trusted(_ settings: Settings) throws -> String {
        let path =
            try certificate.map(PlatformOptions.absolute)
            ?? CertificateFiles(settings: settings, dataPath: options.dataPath).chainPath()
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Anything but unreserved characters escaped (RFC 3986 §2.3).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
            if isLetter || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte) { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
