import Foundation

/// What the platform signs in with.
enum KeyManagerHeader {
    static func basic(_ id: String, _ secret: String) -> String {
        "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
    }
}
