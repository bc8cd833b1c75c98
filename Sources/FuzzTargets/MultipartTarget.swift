import ContractRouter

/// Forms with the boundary `b`.
enum MultipartTarget {
    private static let partLimit = 8

    static func run(_ input: [UInt8]) throws(FuzzFinding) {
        guard let parts = parse(input) else { return }
        try FuzzFinding.require(parts.count <= partLimit, "more parts than the limit")
        try FuzzFinding.require(parts.allSatisfy { !$0.name.isEmpty && !$0.name.utf8.contains(0) }, "an impossible name")
        let contents = parts.map(\.bytes)
        try FuzzFinding.require(contents.reduce(0) { $0 + $1.count } <= input.count, "more bytes than the form has")
        let again = parse(form(contents))
        try FuzzFinding.require(again?.map(\.bytes) == contents, "contents that change when they are sent again")
    }

    private static func parse(_ bytes: [UInt8]) -> [APIRequest.Part]? {
        try? MultipartParser(bytes: bytes, boundary: "b", partLimit: partLimit).parts()
    }

    private static func form(_ contents: [[UInt8]]) -> [UInt8] {
        let head = Array("--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n".utf8)
        return contents.reduce(into: []) { $0 += head + $1 + Array("\r\n".utf8) } + Array("--b--\r\n".utf8)
    }
}
