import Documents
import FoundationEssentials
import Model
import OutgoingHTTP

/// Calls the endpoints of key managers of others, and turns what comes back into answers or errors for a developer.
public struct KeyManagerCall: Sendable {
    /// Sends one request; throws ``OutgoingError``.
    public typealias Send = @Sendable (OutgoingRequest) async throws -> (status: Int, body: [UInt8])

    private let transmit: Send

    public init(send: @escaping Send) { transmit = send }

    public init(fetcher: OutgoingFetcher) {
        self.init { request in
            let answer = try await fetcher.send(request)
            return (answer.status, answer.body)
        }
    }

    /// What a server said.
    struct Answer: Sendable {
        var status: Int
        /// `null` if the body is no JSON.
        var json: JSONValue

        var isSuccess: Bool { (200..<300).contains(status) }

        /// The error code of RFC 6749 §5.2.
        var error: String? { json["error"]?.string }

        /// What a developer may be told: the server's own words, cut short.
        var reason: String {
            let words = json["error_description"]?.string ?? json["error"]?.string ?? json["message"]?.string
            return "The key manager answered with status \(status)" + (words.map { ": " + String($0.prefix(300)) } ?? "")
        }

        /// What a success says. Throws 902003 for a refusal and 902004 for a failure.
        func success() throws(CatalogueError) -> JSONValue {
            if isSuccess { return json }
            throw status >= 500 ? .keyManagerFailed(reason) : .keyManagerRefused(reason)
        }
    }

    /// Sends a request. Throws 902004 if there is no answer.
    func send(_ request: OutgoingRequest) async throws -> Answer {
        do {
            let (status, body) = try await transmit(request)
            return Answer(status: status, json: (try? JSONValue.parse(body)) ?? .null)
        } catch let error as OutgoingError {
            throw CatalogueError.keyManagerFailed("The key manager could not be called: \(error.reason)")
        }
    }

    /// As ``send(_:)``, for answers that must be successes. Throws 902003 for a refusal and 902004 for a failure.
    func succeed(_ request: OutgoingRequest) async throws -> JSONValue { try await send(request).success() }

    /// The header of HTTP Basic authentication; id and secret are encoded as RFC 6749 §2.3.1 asks.
    static func basic(_ id: String, _ secret: String) -> (name: String, value: String) {
        let text = "\(OutgoingRequest.encoded(id)):\(OutgoingRequest.encoded(secret))"
        return ("Authorization", "Basic " + Data(text.utf8).base64EncodedString())
    }

    /// The same for users' names and passwords (RFC 7617), which are not encoded.
    static func userBasic(_ name: String, _ password: String) -> (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(name):\(password)".utf8).base64EncodedString())
    }

    static func bearer(_ token: String) -> (name: String, value: String) { ("Authorization", "Bearer " + token) }
}
