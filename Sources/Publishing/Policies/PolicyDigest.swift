import Crypto
import Model

/// Numbers that follow from a policy's content.
enum PolicyDigest {
    /// What clients compare policies by.
    static func md5(_ specification: PolicySpecification, _ definitions: PolicyDefinitions) -> String {
        var hash = Insecure.MD5()
        hash.update(data: Array(specification.json.text.utf8))
        hash.update(data: Array(definitions.json.text.utf8))
        return hexadecimal(hash.finalize())
    }

    /// The UUID (RFC 9562 §5.8) of a policy that every tenant has without a row of its own.
    static func id(tenant: Int, name: String, version: String) -> String {
        var bytes = Array(SHA256.hash(data: Array("operation-policy/\(tenant)/\(name)/\(version)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = hexadecimal(bytes)
        var rest = digits[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
