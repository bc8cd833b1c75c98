/// Everything that the gateway knows, compiled and immutable.
public final class Snapshot: Sendable {}
