import Documents
import FoundationEssentials
import Model
import Tokens

/// Keys that are good for a while.
struct TemporaryCredentials: Sendable {
    var credentials: AWSCredentials
    /// When to get others, milliseconds since 1970.
    var renewalMilliseconds: Int64

    /// - Parameter expiration: ISO 8601; `nil` for keys without end.
    init(_ credentials: AWSCredentials, expiration: String?, nowMilliseconds: Int64) throws {
        self.credentials = credentials
        guard let expiration else {
            renewalMilliseconds = .max
            return
        }
        let end = try Date(expiration, strategy: .iso8601).timeIntervalSince1970 * 1000
        // Five minutes before the end others can be had; keys that live shorter are used for half their life.
        let left = Int64(end) - nowMilliseconds
        renewalMilliseconds = nowMilliseconds + max(left - 300_000, left / 2)
    }
}

/// The keys and the region of the machine that the gateway runs on: from the environment, of a container, or of the machine's role.
struct MachineCredentials: Sendable {
    let services: AWSServices
    let environment: [String: String]
    let transmit: AWSTransmission

    /// The region that the environment names, or else the machine itself.
    func region() async throws -> String {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment[name], !region.isEmpty { return region }
        }
        let answer = try await askMachine("/latest/meta-data/placement/region")
        let region = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200, !region.isEmpty, region.utf8.allSatisfy(Self.isNameByte) else { throw AWSError.noRegion }
        return region
    }

    func credentials(nowMilliseconds: Int64) async throws -> TemporaryCredentials {
        if let key = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"], !key.isEmpty {
            return try TemporaryCredentials(
                AWSCredentials(accessKey: key, secretKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"]),
                expiration: nil, nowMilliseconds: nowMilliseconds)
        }
        if let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            return try Self.read(try await askContainer(url), nowMilliseconds)
        }
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return try Self.read(try await askContainer("http://169.254.170.2" + path), nowMilliseconds)
        }
        return try await ofRole(nowMilliseconds)
    }

    private func ofRole(_ nowMilliseconds: Int64) async throws -> TemporaryCredentials {
        let folder = "/latest/meta-data/iam/security-credentials/"
        let names = try await askMachine(folder)
        let name = String(decoding: names.body.prefix { $0 != 0x0a }, as: UTF8.self)
        guard names.status == 200, !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
            throw AWSError.noCredentials("the machine has no role")
        }
        return try Self.read(try await askMachine(folder + name), nowMilliseconds)
    }

    /// The second version of the protocol: a token first, which no page of another site can get.
    private func askMachine(_ path: String) async throws -> AWSAnswer {
        let base = AWSServices.address(services.machine, region: "")
        let token = try await transmit(
            AWSCall(
                method: "PUT", base: base, path: "/latest/api/token",
                fields: [("X-aws-ec2-metadata-token-ttl-seconds", "300")], seconds: 2, isOfMachine: true))
        guard token.status == 200 else { throw AWSError.status(token.status, service: "the machine") }
        let value = String(decoding: token.body, as: UTF8.self)
        return try await transmit(
            AWSCall(
                method: "GET", base: base, path: path, fields: [("X-aws-ec2-metadata-token", value)], seconds: 2,
                isOfMachine: true))
    }

    private func askContainer(_ url: String) async throws -> AWSAnswer {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { throw AWSError.noCredentials("the container's address is malformed") }
        let authorization = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { [(name: "Authorization", value: $0)] }
        return try await transmit(
            AWSCall(
                method: "GET", base: parts[..<3].joined(separator: "/"), path: "/" + parts[3], fields: authorization ?? [],
                seconds: 2, isOfMachine: true))
    }

    private static func read(_ answer: AWSAnswer, _ nowMilliseconds: Int64) throws -> TemporaryCredentials {
        guard answer.status == 200, let json = try? JSONValue.parse(answer.body), let key = json["AccessKeyId"]?.string,
            let secret = json["SecretAccessKey"]?.string
        else { throw AWSError.noCredentials("the machine's answer has none") }
        return try TemporaryCredentials(
            AWSCredentials(accessKey: key, secretKey: secret, sessionToken: json["Token"]?.string),
            expiration: json["Expiration"]?.string, nowMilliseconds: nowMilliseconds)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2d, 0x2e, 0x3d, 0x40, 0x5f, 0x2c: true
        default: false
        }
    }
}
