import CByteScan

/// A growable run of raw bytes that is filled, drained and filled again without being allocated anew. Confined to its event loop.
public final class OutputBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int = 1024) {
        self.capacity = Swift.max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// What was appended since the last ``removeAll()``; valid until the next change.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
    /// Where the bytes start, also when there are none.
    var start: UnsafeRawPointer { UnsafeRawPointer(base) }
    public var isEmpty: Bool { count == 0 }

    /// Empties the buffer and keeps its memory.
    public func removeAll() { count = 0 }

    /// Gives memory back that only an unusual message needed.
    public func shrink(to size: Int) {
        guard capacity > size, count == 0 else { return }
        base.deallocate()
        capacity = size
        base = .allocate(byteCount: size, alignment: 16)
    }

    /// Makes room for `additional` bytes.
    @inline(__always)
    public func reserve(_ additional: Int) { if count + additional > capacity { grow(additional) } }

    @inline(never)
    private func grow(_ additional: Int) {
        capacity = Swift.max(capacity * 2, count + additional)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        grown.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = grown
    }

    @inline(__always)
    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        append(start, bytes.count)
    }

    @inline(__always)
    func append(_ start: UnsafeRawPointer, _ length: Int) {
        reserve(length)
        cbytescan_copy(
            (base + count).assumingMemoryBound(to: UInt8.self), start.assumingMemoryBound(to: UInt8.self), length)
        count &+= length
    }

    @inline(__always)
    public func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    @inline(__always)
    public func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        // The length is known to the compiler, which makes stores of it.
        (base + count).copyMemory(from: UnsafeRawPointer(text.utf8Start), byteCount: length)
        count &+= length
    }

    @inline(__always)
    func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    static func += (buffer: OutputBuffer, bytes: [UInt8]) { buffer.append(bytes) }

    /// Replaces some of the bytes.
    func replaceSubrange(_ range: Range<Int>, with bytes: [UInt8]) {
        let rest = Array(self[range.upperBound...])
        count = range.lowerBound
        append(bytes)
        append(rest)
    }

    /// Makes these bytes, from somewhere else, the buffer's only ones.
    func set(_ bytes: [UInt8]) {
        removeAll()
        append(bytes)
    }

    /// Appends a number that is not negative in decimal digits.
    @inline(__always)
    func append(decimal number: Int64) {
        if UInt64(truncatingIfNeeded: number) < 10 { return append(0x30 | UInt8(truncatingIfNeeded: number)) }
        append(longDecimal: number)
    }

    private func append(longDecimal number: Int64) {
        let value = UInt64(truncatingIfNeeded: number)
        if value < 1000 {
            let digits = DecimalDigits.three(UInt32(truncatingIfNeeded: value))
            return append(word: digits.text, count: digits.count)
        }
        guard value < DecimalDigits.limit else {
            append(decimal: Int64(truncatingIfNeeded: value / DecimalDigits.limit))
            return append(word: DecimalDigits.eight(value % DecimalDigits.limit), count: 8)
        }
        let digits = DecimalDigits.few(value)
        append(word: digits.text, count: digits.count)
    }

    /// Appends the lowest `count` bytes of a word, the lowest first.
    @inline(__always)
    private func append(word: UInt64, count bytes: Int) {
        reserve(8)
        base.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= bytes
    }
}

extension OutputBuffer: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(_ index: Int) -> UInt8 { bytes[index] }

    @inline(__always)
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(bytes)
    }
}
