import CByteScan

/// The log lines of one event loop until the transport hands them on. Appending within the reserved space allocates nothing.
public final class LogBuffer {
    /// From how many bytes on the buffer ``isFull``.
    private let threshold: Int
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes in the buffer.
    public private(set) var count = 0

    /// - Parameter threshold: bytes from which the buffer counts as full.
    public init(threshold: Int = 64 << 10) {
        self.threshold = threshold
        capacity = threshold + 16 << 10
        memory = .allocate(capacity: capacity)
    }

    deinit { memory.deallocate() }

    /// Whether there are so many bytes that they should be taken.
    public var isFull: Bool { count >= threshold }

    /// The bytes, whole lines; `nil` if there are none.
    public func take() -> [UInt8]? {
        guard count > 0 else { return nil }
        defer { count = 0 }
        return Array(UnsafeBufferPointer(start: memory, count: count))
    }

    @inline(__always)
    private func reserve(_ more: Int) { if count &+ more > capacity { grow(count + more) } }

    private func grow(_ needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: memory, count: count)
        memory.deallocate()
        memory = moved
        capacity = larger
    }

    @inline(__always)
    func append(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count &+= 1
    }

    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        cbytescan_copy(memory + count, base.assumingMemoryBound(to: UInt8.self), bytes.count)
        count &+= bytes.count
    }

    @inline(__always)
    func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    @inline(__always)
    func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        // The length is known to the compiler, which makes stores of it.
        UnsafeMutableRawPointer(memory + count).copyMemory(from: text.utf8Start, byteCount: length)
        count &+= length
    }

    @inline(__always)
    func append(decimal value: Int64) {
        if UInt64(truncatingIfNeeded: value) < 10 { return append(0x30 | UInt8(truncatingIfNeeded: value)) }
        append(longDecimal: value)
    }

    private func append(longDecimal value: Int64) {
        if value >= 0, value < 1000 {
            let digits = DecimalDigits.three(UInt32(truncatingIfNeeded: value))
            return append(word: digits.text, count: digits.count)
        }
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    private func append(decimal value: UInt64) {
        guard value < DecimalDigits.limit else {
            append(decimal: value / DecimalDigits.limit)
            return append(word: DecimalDigits.eight(value % DecimalDigits.limit), count: 8)
        }
        let digits = DecimalDigits.few(value)
        append(word: digits.text, count: digits.count)
    }

    /// Appends the lowest `count` bytes of a word, the lowest first.
    @inline(__always)
    private func append(word: UInt64, count bytes: Int) {
        reserve(8)
        UnsafeMutableRawPointer(memory + count).storeBytes(of: word.littleEndian, as: UInt64.self)
        count &+= bytes
    }

    /// Appends a number with leading zeros.
    func append(_ value: Int64, digits: Int) {
        reserve(digits)
        var rest = UInt64(truncatingIfNeeded: value)
        var place = count &+ digits
        while place > count {
            place &-= 1
            memory[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= digits
    }

    /// Appends bytes of a client inside quotes of a log line: what could end the field or the line is written as `\xHH`.
    func append(quoted bytes: UnsafeRawBufferPointer) {
        appendRuns(bytes) { byte in
            append("\\x")
            appendHexadecimal(byte)
        }
    }

    /// Appends bytes of a client as the contents of a JSON string. Header fields have no encoding, so bytes above ASCII become the
    /// characters of ISO 8859-1, which keeps the text valid whatever was sent.
    func append(json bytes: UnsafeRawBufferPointer) {
        appendRuns(bytes) { appendJSON($0) }
    }

    /// Appends valid UTF-8 as the contents of a JSON string.
    func append(jsonText bytes: UnsafeRawBufferPointer) {
        appendRuns(bytes) { $0 >= 0x80 ? append($0) : appendJSON($0) }
    }

    func append(jsonText bytes: [UInt8]) { bytes.withUnsafeBytes { append(jsonText: $0) } }

    private func appendJSON(_ byte: UInt8) {
        if byte == 0x22 || byte == 0x5c {
            append(0x5c)
            append(byte)
        } else {
            append("\\u00")
            appendHexadecimal(byte)
        }
    }

    /// Appends visible ASCII without quote and backslash in whole runs; the other bytes go through `escape`.
    @inline(__always)
    private func appendRuns(_ bytes: UnsafeRawBufferPointer, escape: (UInt8) -> Void) {
        guard var start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var count = bytes.count
        while count > 0 {
            let plain = cbytescan_unquotable(start, count)
            append(UnsafeRawBufferPointer(start: start, count: plain))
            guard plain < count else { return }
            escape(start[plain])
            start += plain + 1
            count &-= plain + 1
        }
    }

    private func appendHexadecimal(_ byte: UInt8) {
        let high = byte >> 4
        let low = byte & 15
        append(high < 10 ? 0x30 + high : 0x57 + high)
        append(low < 10 ? 0x30 + low : 0x57 + low)
    }
}
