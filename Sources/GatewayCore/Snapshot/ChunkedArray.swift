/// A growing array of optional elements in chunks, so that changing an element of a copy copies one chunk.
struct ChunkedArray<Element: Sendable>: Sendable {
    private static var chunkSize: Int { 256 }

    private var chunks: [[Element?]] = []

    /// The element at an index; `nil` for gaps, for indexes past the end and for negative ones.
    @inline(__always)
    subscript(_ index: Int32) -> Element? {
        get {
            let index = Int(index)
            guard index >= 0, index < chunks.count &* Self.chunkSize else { return nil }
            return chunks[index / Self.chunkSize][index % Self.chunkSize]
        }
        set {
            let index = Int(index)
            while chunks.count * Self.chunkSize <= index { chunks.append(Array(repeating: nil, count: Self.chunkSize)) }
            chunks[index / Self.chunkSize][index % Self.chunkSize] = newValue
        }
    }
}
