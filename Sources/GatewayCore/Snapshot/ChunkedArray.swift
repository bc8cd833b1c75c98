/// A growing array of optional elements in chunks, so that changing an element of a copy copies one chunk.
///
/// `@unchecked Sendable`: a chunk is written to only while no other array refers to it (``isKnownUniquelyReferenced(_:)``), and the
/// addresses in ``places`` are those of the chunks that the same value keeps.
struct ChunkedArray<Element: Sendable>: @unchecked Sendable {
    private final class Chunk {
        let elements: UnsafeMutablePointer<Element?>

        init() {
            elements = .allocate(capacity: ChunkedArray.chunkSize)
            elements.initialize(repeating: nil, count: ChunkedArray.chunkSize)
        }

        init(copying other: Chunk) {
            elements = .allocate(capacity: ChunkedArray.chunkSize)
            elements.initialize(from: other.elements, count: ChunkedArray.chunkSize)
        }

        deinit {
            elements.deinitialize(count: ChunkedArray.chunkSize)
            elements.deallocate()
        }
    }

    private static var chunkSize: Int { 256 }

    private var chunks: [Chunk] = []
    /// Where the chunks' elements lie. Looking up by address spares the hot path counting references to chunks.
    private var places: [UnsafeMutablePointer<Element?>] = []

    /// The element at an index; `nil` for gaps, for indexes past the end and for negative ones.
    @inline(__always)
    subscript(_ index: Int32) -> Element? {
        get {
            let index = Int(index)
            guard index >= 0, index < places.count &* Self.chunkSize else { return nil }
            // The chunk has that many elements, and lives as long as this value.
            return places[index / Self.chunkSize][index % Self.chunkSize]
        }
        set {
            let index = Int(index)
            while chunks.count * Self.chunkSize <= index { append(Chunk()) }
            let number = index / Self.chunkSize
            if !isKnownUniquelyReferenced(&chunks[number]) {
                chunks[number] = Chunk(copying: chunks[number])
                places[number] = chunks[number].elements
            }
            places[number][index % Self.chunkSize] = newValue
        }
    }

    private mutating func append(_ chunk: Chunk) {
        chunks.append(chunk)
        places.append(chunk.elements)
    }
}
