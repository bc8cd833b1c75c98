import GatewayCore
import Identity
import Logging
import Model
import Settings
import Storage

/// An opened installation with its management side, but without servers: what `serve` and the administrator's commands share.
struct ControlPlaneParts: Sendable {
    let state: StateStore
    let gateways: GatewayParts
    let addresses: PlatformAddresses
    let readiness: Readiness
    let controlPlane: ControlPlane
    let policies: GatewayPolicyParts

    static func open(
        _ directory: DataDirectory, settings: Settings, offset: Int, logs: GatewayLogs? = nil, quotas: QuotaParts? = nil,
        journal: DecisionJournal? = nil, statements: StatementWatch? = nil,
        time: TimeSource = .system, random: RandomSource = .system, logger: Logger
    ) async throws -> ControlPlaneParts {
        let addresses = try PlatformAddresses(settings: settings, offset: offset)
        let state = try await StateStore.open(
            directory, settings: settings, statements: statements, time: time, random: random)
        for warning in try await (state.store as? PostgreSQLStore)?.durabilityWarnings() ?? [] { logger.warning("\(warning)") }
        let policies = try GatewayPolicyParts(settings: settings, logger: logger)
        let id = try GatewayIDFile(settings: settings, dataPath: directory.path, random: random).load()
        let gateways = try GatewayParts(
            state: state, settings: settings, addresses: addresses, gatewayID: id, policies: policies.catalogue, time: time,
            random: random, logger: logger)
        let readiness = Readiness()
        let controlPlane = try ControlPlane(
            state: state, gateways: gateways, readiness: readiness, logs: logs, quotas: quotas, journal: journal,
            statements: statements, settings: settings, addresses: addresses, time: time, random: random,
            policyTrial: { policies.catalogue.problem(of: $0, $1, with: $2) }, logger: logger)
        try await controlPlane.correlationLogs.switchStatements()
        try await controlPlane.identity.bootstrap.prepare(administrator: administrator(settings))
        return ControlPlaneParts(
            state: state, gateways: gateways, addresses: addresses, readiness: readiness, controlPlane: controlPlane,
            policies: policies)
    }

    /// `nil` when the configuration gives no password: then there is an administrator already, or nobody can sign in.
    private static func administrator(_ settings: Settings) -> IdentityBootstrap.Administrator? {
        let password = settings[SettingsTable.administratorPassword]
        guard settings[SettingsTable.createsAdministrator], !password.isEmpty else { return nil }
        return .init(name: settings[SettingsTable.administratorName], password: password)
    }
}
