import Documents
import Model
import OutgoingHTTP
import Tokens

/// Gets the public keys of key managers.
public struct KeySetSource: Sendable {
    /// Fetches the body of a URL; throws a sentence-bearing error.
    public typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

    /// A set without keys.
    static let noKeys = #"{"keys":[]}"#

    private let fetch: Fetch

    public init(fetch: @escaping Fetch) { self.fetch = fetch }

    /// Fetches over HTTP with the given policy of addresses.
    public init(fetcher: OutgoingFetcher) {
        self.init { url in try await fetcher.get(url).body }
    }

    /// The keys behind a URL, as text in our own spelling. Throws ``Problem``.
    func keySet(at url: String) async throws(Problem) -> String {
        let body: [UInt8]
        do {
            body = try await fetch(url)
        } catch let error as OutgoingError {
            throw Problem(reason: "\(url): \(error.reason)")
        } catch {
            throw Problem(reason: "\(url): the server could not be reached")
        }
        guard let json = try? JSONValue.parse(body), let keys = try? JSONWebKeySet(json: json) else {
            throw Problem(reason: "\(url): the answer is no JSON Web Key Set")
        }
        return keys.text
    }

    /// Why keys could not be had: a sentence for an administrator.
    struct Problem: Error, Sendable {
        var reason: String
    }

    /// The keys in certificates or public keys that an administrator pasted: PEM, Base64 of PEM, or Base64 of a certificate's DER form.
    /// `nil` if there is none.
    static func keySet(pem text: String) -> String? {
        let keys = JSONWebKey.all(inPEM: text)
        return keys.isEmpty ? nil : JSONWebKeySet(keys: keys).text
    }
}
