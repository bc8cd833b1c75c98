/// The id under which the work of the current task is logged: that of the management request that it is done for.
public enum CorrelationID {
    /// `nil` for what the platform does by itself.
    @TaskLocal public static var current: String?
}
