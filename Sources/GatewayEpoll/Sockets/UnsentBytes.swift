import GatewayCore

/// Bytes that a slow peer has not taken yet. There are only any while the other side is not read, so they are at most what one read and
/// one head make.
struct UnsentBytes {
    private let buffer: OutputBuffer
    private var sent = 0

    init() { buffer = OutputBuffer(capacity: 4096) }

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[sent...]) }
    var isEmpty: Bool { sent == buffer.count }

    func append(_ bytes: UnsafeRawBufferPointer) { buffer.append(bytes) }

    mutating func removeFirst(_ count: Int) { sent += count }
}
