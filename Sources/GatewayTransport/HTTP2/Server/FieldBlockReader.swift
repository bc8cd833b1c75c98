import NIOCore
import NIOHPACK

/// Puts the blocks of header fields of a connection together, and reads them.
struct FieldBlockReader {
    /// A block whose last piece has not come yet.
    struct Partial {
        var stream: UInt32
        var endsStream: Bool
        fileprivate var bytes: ByteBuffer
        fileprivate var pieces = 1
    }

    private var decoder: HPACKDecoder
    private let limit: Int
    private(set) var partial: Partial?

    /// Pieces of one block; more are meant to wear the gateway out.
    private static let mostPieces = 6

    /// - Parameter limit: bytes of the fields of one block.
    init(limit: Int) {
        self.limit = limit
        decoder = HPACKDecoder(
            allocator: ByteBufferAllocator(), maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize, maxHeaderListSize: limit)
    }

    /// Keeps the first piece of a block.
    mutating func begin(_ piece: ByteBuffer, stream: UInt32, endsStream: Bool) {
        partial = Partial(stream: stream, endsStream: endsStream, bytes: ByteBuffer(bytes: piece.readableBytesView))
    }

    /// Adds a piece; answers the block when it is whole.
    mutating func add(_ piece: ByteBuffer, isLast: Bool) throws(ConnectionFault) -> ByteBuffer? {
        guard var partial else { throw ConnectionFault(.protocolError) }
        self.partial = nil
        partial.pieces += 1
        guard partial.pieces <= Self.mostPieces, partial.bytes.readableBytes + piece.readableBytes <= limit else {
            throw ConnectionFault(.enhanceYourCalm)
        }
        partial.bytes.writeImmutableBuffer(piece)
        if isLast { return partial.bytes }
        self.partial = partial
        return nil
    }

    /// Reads a whole block. Every one has to be read, as each may change what later ones mean.
    mutating func read(_ block: ByteBuffer) throws(ConnectionFault) -> HPACKHeaders {
        var block = block
        do {
            return try decoder.decodeHeaders(from: &block)
        } catch is NIOHPACKErrors.MaxHeaderListSizeViolation {
            throw ConnectionFault(.enhanceYourCalm)
        } catch {
            throw ConnectionFault(.compression)
        }
    }
}
