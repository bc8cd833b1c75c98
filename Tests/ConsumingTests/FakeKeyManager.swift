import Documents
import OutgoingHTTP
import Synchronization

/// A key manager of somebody else that registers clients and gives tokens, in memory.
final class FakeKeyManager: Sendable {
    struct State {
        /// Secrets by client id.
        var clients: [String: String] = ["existing": "existing-secret"]
        var requests: [OutgoingRequest] = []
        /// Status of the next answer, in place of the right one.
        var failure: Int?
    }

    let state = Mutex(State())

    /// Registration lies at `/register`, tokens come from `/token`.
    func answer(_ request: OutgoingRequest) -> (status: Int, body: [UInt8]) {
        state.withLock { state in
            state.requests.append(request)
            if let failure = state.failure {
                return (failure, Array(#"{"error":"server_error","error_description":"no luck"}"#.utf8))
            }
            let (status, json) =
                request.url.hasSuffix("/token") ? Self.token(request, state) : Self.registration(request, &state)
            return (status, json.serialized())
        }
    }

    private static func token(_ request: OutgoingRequest, _ state: State) -> (Int, JSONValue) {
        let header = request.headers.first { $0.name == "Authorization" }?.value ?? ""
        let isKnown = state.clients.contains { id, secret in header == KeyManagerHeader.basic(id, secret) }
        guard isKnown || header == KeyManagerHeader.basic("martlet", "s3cr3t") else {
            return (401, ["error": "invalid_client"])
        }
        return (200, ["access_token": "token-of-the-server", "expires_in": 300, "scope": "read"])
    }

    private static func registration(_ request: OutgoingRequest, _ state: inout State) -> (Int, JSONValue) {
        guard request.headers.contains(where: { $0.name == "Authorization" && $0.value.hasPrefix("Bearer ") }) else {
            return (401, ["error": "invalid_token"])
        }
        let body = (try? JSONValue.parse(request.body)) ?? [:]
        switch request.method {
        case "POST":
            let id = "client-\(state.clients.count)"
            state.clients[id] = "secret-of-\(id)"
            return (
                201,
                [
                    "client_id": .string(id), "client_secret": .string("secret-of-\(id)"),
                    "grant_types": body["grant_types"] ?? [], "registration_access_token": "own-token",
                    "registration_client_uri": .string("https://kc/register/\(id)"),
                ]
            )
        case "PUT": return (200, body)
        case "DELETE":
            state.clients[String(request.url.split(separator: "/").last ?? "")] = nil
            return (204, .null)
        default: return (405, .null)
        }
    }
}
