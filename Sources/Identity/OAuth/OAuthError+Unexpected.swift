import Model
import Storage

extension OAuthError {
    /// The answer to an error that no client caused: 502 for the database, 503 for overload, 500 for the rest.
    public static func unexpected(_ error: any Error) -> OAuthError {
        switch error {
        case let overload as CatalogueError where overload.status == 503:
            OAuthError(status: 503, error: "temporarily_unavailable", description: overload.description)
        case is StorageError:
            OAuthError(status: 502, error: "server_error", description: "Service Unavailable Error.")
        default:
            OAuthError(status: 500, error: "server_error", description: "Internal Server Error.")
        }
    }
}
