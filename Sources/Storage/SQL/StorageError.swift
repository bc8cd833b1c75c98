/// What can go wrong below the capabilities. Never shown to clients as it is.
public enum StorageError: Error, Sendable, Equatable {
    case unexpectedColumn(name: String, expected: String)
    /// The database refused a statement; the message is the database's own.
    case database(message: String)
    /// Text with U+0000, which cannot be stored.
    case nullCharacter
    /// A value of a type that the portable SQL does not have, for instance a floating-point number.
    case unsupportedType(column: String)
    /// The database cannot be reached, or the connection was lost while a transaction ran, which may then have committed.
    case unavailable(message: String)
    /// The store is closed.
    case closed
    /// Two migrations carry the same number.
    case duplicateMigration(number: Int)
    /// The database was written by a newer version of the platform.
    case newerSchema(found: Int, known: Int)
    /// Nodes of the platform run on the database, which now must stand still.
    case nodesRunning
    /// Another process has the data directory open.
    case directoryInUse(path: String)
    /// The data directory cannot be created or written.
    case directoryNotWritable(path: String, reason: String)
    /// The file with the vault's key cannot be read, or does not hold 32 bytes in Base64.
    case invalidVaultKey(source: String)
    /// The vault's key is not the one that the stored secrets were sealed with.
    case wrongVaultKey
    /// A secret was to be sealed for a column that is not among those of the rotation: a mistake of the program.
    case unknownSecret(context: String)
    /// Secrets of what gateways know can be neither stored nor read, because no vault was given.
    case noVault
    /// A sealed value is damaged.
    case unsealFailed
}
