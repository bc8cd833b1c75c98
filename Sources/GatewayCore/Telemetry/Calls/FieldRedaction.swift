/// Keeps credentials out of logs that show header fields and targets.
struct FieldRedaction {
    /// In lower case.
    private let names: Set<[UInt8]>
    private static let hidden = Array("***".utf8)
    /// A field whose name holds one of these may carry a credential, of a client or for a backend.
    private static let suspicions = [
        "auth", "cookie", "key", "token", "secret", "password", "assertion", "credential", "signature",
    ].map { Array($0.utf8) }
    /// Says which credentials are wanted, and holds none.
    private static let challenge = Array("www-authenticate".utf8)
    private static let parameters = ["apikey", "access_token", "internal-key"]

    /// - Parameter api: its own names for headers with credentials count too.
    init(_ api: CompiledAPI) {
        names = Set(
            [api.security.authorizationHeaderName, api.security.apiKeyHeaderName].map { Array($0.lowercased().utf8) })
    }

    /// The value that a log shows of a field.
    func value(of name: ArraySlice<UInt8>, _ value: some Collection<UInt8>) -> [UInt8] {
        let lower = name.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        if lower.elementsEqual(Self.challenge) { return Array(value) }
        let isHidden = names.contains(lower) || Self.suspicions.contains { lower.firstRange(of: $0) != nil }
        return isHidden ? Self.hidden : Array(value)
    }

    /// Path and query without the values of parameters that carry credentials.
    func target(_ head: RequestHead) -> [UInt8] {
        var target = Array(head.bytes(head.path))
        guard !head.query.isEmpty else { return target }
        var separator: UInt8 = 0x3f
        for parameter in head.bytes(head.query).split(separator: 0x26, omittingEmptySubsequences: false) {
            target.append(separator)
            separator = 0x26
            let name = parameter.prefix { $0 != 0x3d }
            let lower = String(decoding: name, as: UTF8.self).lowercased()
            target += name
            guard name.count < parameter.count else { continue }
            target.append(0x3d)
            target += Self.parameters.contains(lower) ? Self.hidden : Array(parameter.dropFirst(name.count + 1))
        }
        return target
    }
}
