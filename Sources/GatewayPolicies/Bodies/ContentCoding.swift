import CZlib

/// The content codings (RFC 9110 §8.4.1) in which bodies come: gzip and deflate.
enum ContentCoding {
    enum Failure: Error { case unknown, broken, tooLarge }

    /// A body without the coding that `Content-Encoding` names.
    static func decoded(_ bytes: [UInt8], coding: [UInt8]?, limit: Int) throws(Failure) -> [UInt8] {
        guard let coding, !coding.isEmpty else { return bytes }
        switch String(decoding: coding, as: UTF8.self).lowercased() {
        case "identity": return bytes
        case "gzip", "x-gzip": return try inflated(bytes, windowBits: 15 + 16, limit: limit)
        case "deflate":
            // Many servers leave the zlib wrapper away that the name stands for.
            do throws(Failure) { return try inflated(bytes, windowBits: 15, limit: limit) } catch {
                if error == .tooLarge { throw error }
                return try inflated(bytes, windowBits: -15, limit: limit)
            }
        default: throw .unknown
        }
    }

    private static func inflated(_ bytes: [UInt8], windowBits: Int32, limit: Int) throws(Failure) -> [UInt8] {
        if bytes.isEmpty { return [] }
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .broken
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        var status = Z_OK
        var consumed = 0
        while status == Z_OK {
            let (produced, rest) = input.withUnsafeMutableBufferPointer { source in
                piece.withUnsafeMutableBufferPointer { target in
                    stream.next_in = source.baseAddress.map { $0 + consumed }
                    stream.avail_in = UInt32(clamping: source.count - consumed)
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return (target.count - Int(stream.avail_out), Int(stream.avail_in))
                }
            }
            consumed = input.count - rest
            guard output.count + produced <= limit else { throw .tooLarge }
            output += piece[..<produced]
            if status == Z_OK, rest == 0, produced < piece.count { throw .broken }
        }
        guard status == Z_STREAM_END else { throw .broken }
        return output
    }
}
