import ContractRouter
import GatewayTransport
import RemoteFeed
import Settings
import Storage

/// Why the platform cannot start or a command cannot do its work: one sentence for the person at the terminal, exit code 1.
struct StartProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    /// Runs `body` and turns what it throws into sentences; errors that nobody foresaw keep their own text.
    static func explaining<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as StorageError {
            throw StartProblem(sentence(error))
        } catch let error as GatewayError {
            throw StartProblem(
                "The gateway cannot start: \(error). Stop the other program, or choose ports with --port-offset.")
        } catch let error as ManagementServer.BindFailure {
            throw StartProblem("\(error)")
        } catch let error as SealingKey.Problem {
            throw StartProblem(error.description)
        } catch let error as HTTPControlPlane.Problem {
            throw StartProblem(error.description)
        } catch let error as SettingsError {
            throw StartProblem(error.description)
        } catch let error as BackupError {
            throw StartProblem(error.description)
        }
    }

    private static func sentence(_ error: StorageError) -> String {
        switch error {
        case .directoryInUse(let path):
            "The data directory \(path) is in use by another martlet. Stop it, or choose another directory with --data."
        case .directoryNotWritable(let path, let reason):
            "The data directory \(path) cannot be written: \(reason). Choose another one with --data."
        case .newerSchema(let found, let known):
            "The database was written by a newer martlet (schema \(found), this one knows \(known)). Start that version, or restore a backup."
        case .unavailable(let message):
            "The database is not reachable: \(message)."
        case .nodesRunning:
            "Nodes of the platform are running on this database. Stop them all and try again."
        case .wrongVaultKey:
            "The vault key is not the one that the stored secrets were sealed with. Put the right vault.key back."
        case .invalidVaultKey(let source):
            "The vault key of \(source) is not 32 bytes in Base64."
        default:
            "The database cannot be used: \(error)."
        }
    }
}
