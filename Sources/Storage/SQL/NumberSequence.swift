/// Stable integers for things that also have a UUID: quota keys and internal data need them. Numbers start at 1 and are never used
/// twice; gaps do not occur, because a number that was not committed is given again.
public enum NumberSequence {
    /// The next number of the sequence `name`, for instance `application`.
    public static func next(_ name: String, in transaction: any SQLTransaction) throws -> Int {
        let row = try transaction.first(
            """
            INSERT INTO number_sequence (name, value) VALUES (?, 1)
            ON CONFLICT (name) DO UPDATE SET value = number_sequence.value + 1 RETURNING value
            """, [SQLValue(name)])
        guard let row else { throw StorageError.database(message: "the sequence \(name) returned no number") }
        return try row.int("value")
    }
}
