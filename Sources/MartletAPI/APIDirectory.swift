import Model

/// The APIs as their publishers see them.
public protocol APIDirectory: Sendable {
    /// Throws a 404 unless the caller may see the API.
    func requireVisible(_ id: String, to caller: Principal) async throws
}
