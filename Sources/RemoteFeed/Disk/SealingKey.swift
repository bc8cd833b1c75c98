import Crypto
import FoundationEssentials
import Model

/// The gateway's own key, with which it seals what it keeps on its disk.
public struct SealingKey: Sendable {
    /// Why there is no key, as a sentence.
    public struct Problem: Error, CustomStringConvertible {
        public var description: String
    }

    private static let length = 32
    private let key: SymmetricKey

    /// Reads 32 bytes in Base64. `source` names where the text came from, for the problem's sentence.
    public init(base64 text: String, source: String) throws {
        guard let bytes = Data(base64Encoded: text.filter { !$0.isWhitespace }), bytes.count == Self.length else {
            throw Problem(description: "\(source) has to be \(Self.length) bytes in Base64.")
        }
        key = SymmetricKey(data: bytes)
    }

    /// The key in the file, which is made with a new key, readable by its owner only, when it does not exist.
    public init(file: String, random: RandomSource) throws {
        if !FileManager.default.fileExists(atPath: file) {
            let text = Data(random.bytes(Self.length)).base64EncodedString() + "\n"
            let written = FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            guard written else { throw Problem(description: "The file \(file) cannot be written.") }
        }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Problem(description: "The file \(file) cannot be read.")
        }
        try self.init(base64: String(decoding: bytes, as: UTF8.self), source: file)
    }

    /// AES-GCM; `place` says where the sealed bytes belong, so that they open nowhere else.
    func seal(_ bytes: [UInt8], place: [UInt8], random: RandomSource) throws -> Data {
        let nonce = try AES.GCM.Nonce(data: random.bytes(12))
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: place)
        return Data(nonce) + box.ciphertext + box.tag
    }

    /// `nil` if the bytes are not what ``seal(_:place:random:)`` made for this place.
    func open(_ sealed: [UInt8], place: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return (try? AES.GCM.open(box, using: key, authenticating: place)).map { [UInt8]($0) }
    }
}
