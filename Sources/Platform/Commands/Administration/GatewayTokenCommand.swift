import ArgumentParser
import FoundationEssentials
import Logging
import Model
import Settings
import Storage

/// `martlet admin gateway-token`: the credentials of gateways that run apart.
struct GatewayTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway-token", abstract: "Make, list and revoke the credentials of gateways.",
        discussion: "A control plane that is running does the same by its REST API: /api/am/martlet/v1/gateway-tokens.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token and print it; it is shown this once.")

        @OptionGroup var options: PlatformOptions

        @Argument(help: "A name for lists.")
        var name: String

        @Option(name: .customLong("environment"), help: "A gateway environment that it may serve; repeatable. Without it, all.")
        var environments: [String] = []

        @Option(name: .customLong("tenant"), help: "Domain of a tenant that it may load; repeatable. Without it, all.")
        var tenants: [String] = []

        func run() async throws {
            try await GatewayTokenCommand.withParts(options) { parts in
                let (_, text) = try await parts.gateways.tokens.create(
                    name: name, environments: environments, tenants: tenants, GatewayTokenCommand.context())
                print(text)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print ids, names and reach of the tokens.")

        @OptionGroup var options: PlatformOptions

        func run() async throws {
            try await GatewayTokenCommand.withParts(options) { parts in
                for token in try await parts.gateways.tokens.list(tenant: .superTenant) {
                    let environments =
                        token.environments.isEmpty ? "all environments" : token.environments.joined(separator: ", ")
                    let tenants = token.tenants.isEmpty ? "all tenants" : token.tenants.joined(separator: ", ")
                    print("\(token.id)  \(token.name): \(environments); \(tenants)")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a token.")

        @OptionGroup var options: PlatformOptions

        @Argument(help: "The token's id, as the list shows it.")
        var id: String

        func run() async throws {
            try await GatewayTokenCommand.withParts(options) { parts in
                try await parts.gateways.tokens.revoke(id: id, GatewayTokenCommand.context())
                print("The token is revoked.")
            }
        }
    }

    /// Opens the installation, which must not be running.
    fileprivate static func withParts(
        _ options: PlatformOptions, _ body: (ControlPlaneParts) async throws -> Void
    ) async throws {
        try await StartProblem.explaining {
            let directory = try DataDirectory(path: options.dataPath)
            // Before the first start there is no administrator yet; this makes the database, so the first start would not make one either.
            let isNew = !FileManager.default.fileExists(atPath: directory.databasePath)
            if options.config == nil, isNew {
                _ = try FirstConfiguration(file: options.configurationPath, random: .system).write()
            }
            let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
            let parts = try await ControlPlaneParts.open(
                directory, settings: settings, offset: 0, logger: Logger(label: "martlet"))
            do {
                try await body(parts)
            } catch let error as CatalogueError {
                throw StartProblem(error.description)
            }
            try await parts.state.store.close()
        }
    }

    fileprivate static func context() -> ChangeContext {
        ChangeContext(
            actor: "martlet", tenant: .superTenant, clientAddress: "", requestID: "",
            milliseconds: TimeSource.system.milliseconds)
    }
}
