/// Query parameters that carry API keys (`docs/api-keys.md`). They end at the gateway, however often they are there.
enum KeyParameters {
    private static let ampersand: UInt8 = 0x26
    private static let questionMark: UInt8 = 0x3F
    private static let nameLength = 7

    /// The key that a parameter carries, perhaps empty; `nil` for any other parameter. Keys and the name are made of characters that need no
    /// escape, so an escaped one is none of ours.
    static func key(in parameter: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard parameter.count >= nameLength,
            Bytes.equalIgnoringCase(UnsafeRawBufferPointer(rebasing: parameter[..<nameLength]), "apikey=")
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: parameter[nameLength...])
    }

    /// Whether a query has such a parameter, and the first key that is not empty.
    static func find(in query: UnsafeRawBufferPointer) -> (isThere: Bool, key: UnsafeRawBufferPointer?) {
        var isThere = false
        var start = 0
        while start < query.count {
            let end = query[start...].firstIndex(of: ampersand) ?? query.count
            if let key = key(in: UnsafeRawBufferPointer(rebasing: query[start..<end])) {
                isThere = true
                if !key.isEmpty { return (true, key) }
            }
            start = end + 1
        }
        return (isThere, nil)
    }

    /// Appends a path with its query as they are without such parameters; what stands between the others stays as it is.
    static func append(_ target: UnsafeRawBufferPointer, withoutKeysTo output: OutputBuffer) {
        let question = target.firstIndex(of: questionMark) ?? target.count
        output.append(UnsafeRawBufferPointer(rebasing: target[..<question]))
        var separator = questionMark
        var start = question + 1
        while start <= target.count {
            let end = target[start...].firstIndex(of: ampersand) ?? target.count
            let parameter = UnsafeRawBufferPointer(rebasing: target[start..<end])
            start = end + 1
            if key(in: parameter) != nil { continue }
            output.append(separator)
            output.append(parameter)
            separator = ampersand
        }
    }
}
