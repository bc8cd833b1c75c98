import GatewayCore
import Logging
import Model
import OutgoingHTTP
import Tokens

/// Calls functions of AWS Lambda (`Invoke`), with keys that are given, those of the machine, or those of a role.
public actor LambdaCaller: FunctionCaller {
    private let services: AWSServices
    private let machine: MachineCredentials
    private let roles: RoleCredentials
    private let transmit: AWSTransmission
    private let time: TimeSource
    private let logger: Logger
    private var known: [GatewayLambdaAccess: TemporaryCredentials] = [:]
    private var running: [GatewayLambdaAccess: Task<TemporaryCredentials, any Error>] = [:]
    private var machineRegion: String?

    private static let capacity = 10_000

    init(
        services: AWSServices, environment: [String: String], time: TimeSource = .system, logger: Logger,
        transmit: @escaping AWSTransmission
    ) {
        self.services = services
        machine = MachineCredentials(services: services, environment: environment, transmit: transmit)
        roles = RoleCredentials(services: services, transmit: transmit)
        self.transmit = transmit
        self.time = time
        self.logger = logger
    }

    public init(
        services: AWSServices, environment: [String: String], connections: AWSConnections, logger: Logger
    ) {
        self.init(services: services, environment: environment, logger: logger) { try await connections.send($0) }
    }

    public func call(
        _ function: GatewayLambdaFunction, _ access: GatewayLambdaAccess, event: FunctionEvent
    ) async throws -> [UInt8] {
        do {
            return try await invoke(function, access, event)
        } catch {
            logger.warning(
                "A function was not called, or has failed.",
                metadata: ["function": "\(function.resourceName)", "reason": "\(Self.reason(for: error))"])
            throw error
        }
    }

    private static func reason(for error: any Error) -> String {
        // The gateway lets go of a call that takes too long, and of one whose client does not wait any more.
        if error is CancellationError { return "it took longer than it may, or the client has gone" }
        return (error as? AWSError)?.reason ?? "\(error)"
    }

    private func invoke(
        _ function: GatewayLambdaFunction, _ access: GatewayLambdaAccess, _ event: FunctionEvent
    ) async throws -> [UInt8] {
        let name = function.resourceName
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw AWSError.malformedName }
        let region = try await region(access, function: name)
        let credentials = try await credentials(access, region: region)
        let call = AWSCall(
            method: "POST", base: AWSServices.address(services.functions, region: region),
            path: "/2015-03-31/functions/\(OutgoingRequest.encoded(name))/invocations",
            fields: [("Content-Type", "application/json")], body: event.json,
            // The request's own deadline comes first, which tells lateness from other failures.
            seconds: Int64(max(1, (function.timeoutMilliseconds + 999) / 1000)) + 5)
        let signer = AWSRequestSigner(credentials: credentials, region: region, service: "lambda")
        let answer = try await transmit(call.signed(by: signer, nowMilliseconds: time.milliseconds))
        guard (200..<300).contains(answer.status) else { throw AWSError.status(answer.status, service: "the function service") }
        if let kind = answer.functionError { throw AWSError.functionFailed(kind) }
        return answer.body
    }

    /// What the API says, what stands in the function's name (`arn:aws:lambda:REGION:…`), or where the machine is.
    private func region(_ access: GatewayLambdaAccess, function: String) async throws -> String {
        if let region = access.region, !region.isEmpty { return region }
        let parts = function.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 4, parts[0] == "arn", !parts[3].isEmpty { return String(parts[3]) }
        if let machineRegion { return machineRegion }
        let region = try await machine.region()
        machineRegion = region
        return region
    }

    // MARK: Keys

    private func credentials(_ access: GatewayLambdaAccess, region: String) async throws -> AWSCredentials {
        if access.role == nil, let given = Self.given(access) { return given }
        if let known = known[access], known.renewalMilliseconds > time.milliseconds { return known.credentials }
        if let running = running[access] { return try await running.value.credentials }
        let task = Task { try await fetch(access, region: region) }
        running[access] = task
        let result = await task.result
        running[access] = nil
        if known.count >= Self.capacity { known.removeAll() }
        known[access] = try? result.get()
        return try result.get().credentials
    }

    private func fetch(_ access: GatewayLambdaAccess, region: String) async throws -> TemporaryCredentials {
        let now = time.milliseconds
        let own: TemporaryCredentials =
            if let given = Self.given(access) {
                try TemporaryCredentials(given, expiration: nil, nowMilliseconds: now)
            } else { try await machine.credentials(nowMilliseconds: now) }
        guard let role = access.role else { return own }
        return try await roles.credentials(of: role, region: region, by: own.credentials, nowMilliseconds: now)
    }

    private static func given(_ access: GatewayLambdaAccess) -> AWSCredentials? {
        guard let accessKey = access.accessKey, let secretKey = access.secretKey else { return nil }
        return AWSCredentials(accessKey: accessKey, secretKey: secretKey.value)
    }
}
