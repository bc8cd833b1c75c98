/// A copy of everything in a database as lines of JSON (`docs/backup.md`), the same for both drivers.
///
/// Secrets in it stay sealed with the vault's key, which is not part of it.
public enum Backup {
    /// What was written or restored.
    public struct Summary: Sendable, Equatable {
        public var tables: Int
        public var rows: Int
        /// Tells which key the secrets are sealed with; `nil` when there was no vault yet.
        public var vaultFingerprint: String?
    }
}
