/// What `Cache-Control` says (RFC 9111 §5.2), of a request or an answer.
struct CacheDirectives: Equatable {
    var noStore = false
    /// Also `no-cache` with a list of fields counts for the whole answer, and so does `private`.
    var noCache = false
    var isPrivate = false
    var isPublic = false
    var mustRevalidate = false
    var onlyIfCached = false
    /// Seconds; 0 for a number that cannot be read (RFC 9111 §4.2.1).
    var maxAge: Int64?
    var sharedMaxAge: Int64?

    init(_ values: some Sequence<[UInt8]>) {
        for value in values { value.withUnsafeBytes { read($0) } }
    }

    private mutating func read(_ list: UnsafeRawBufferPointer) {
        ByteScanning.forEachElement(of: list) { element in
            let name = UnsafeRawBufferPointer(rebasing: element[..<(element.firstIndex(of: 0x3D) ?? element.count)])
            note(name, argument: element.dropFirst(name.count + 1))
            return true
        }
    }

    private mutating func note(_ name: UnsafeRawBufferPointer, argument: Slice<UnsafeRawBufferPointer>) {
        func isNamed(_ text: StaticString) -> Bool { Bytes.equalIgnoringCase(name, text) }
        if isNamed("no-store") { noStore = true }
        if isNamed("no-cache") { noCache = true }
        if isNamed("private") { isPrivate = true }
        if isNamed("public") { isPublic = true }
        if isNamed("must-revalidate") || isNamed("proxy-revalidate") { mustRevalidate = true }
        if isNamed("only-if-cached") { onlyIfCached = true }
        if isNamed("max-age") { maxAge = Self.seconds(argument) }
        if isNamed("s-maxage") { sharedMaxAge = Self.seconds(argument) }
    }

    private static func seconds(_ argument: Slice<UnsafeRawBufferPointer>) -> Int64 {
        let digits = argument.filter { $0 != 0x22 }
        guard !digits.isEmpty, digits.count <= 10, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return 0 }
        return digits.reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
    }
}
