/// The log lines of one event loop until the transport hands them on. Appending within the reserved space allocates nothing.
public final class LogBuffer {
    /// When ``takeFull()`` gives the bytes away.
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

    /// The bytes if there are many, whole lines; `nil` otherwise.
    public func takeFull() -> [UInt8]? { count >= threshold ? take() : nil }

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
        UnsafeMutableRawPointer(memory + count).copyMemory(from: base, byteCount: bytes.count)
        count &+= bytes.count
    }

    @inline(__always)
    func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    @inline(__always)
    func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        reserve(20)
        let start = count
        repeat {
            memory[count] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            count &+= 1
            rest /= 10
        } while rest > 0
        var low = start
        var high = count - 1
        while low < high {
            (memory[low], memory[high]) = (memory[high], memory[low])
            low += 1
            high -= 1
        }
    }

    /// Appends a number with leading zeros.
    func append(_ value: Int64, digits: Int) {
        reserve(digits)
        var rest = value
        for place in stride(from: digits - 1, through: 0, by: -1) {
            memory[count + place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= digits
    }

    /// Appends bytes of a client inside quotes of a log line: what could end the field or the line is written as `\xHH`.
    func append(quoted bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c {
                append("\\x")
                appendHexadecimal(byte)
            } else {
                append(byte)
            }
        }
    }

    /// Appends bytes of a client as the contents of a JSON string. Header fields have no encoding, so bytes above ASCII become the
    /// characters of ISO 8859-1, which keeps the text valid whatever was sent.
    func append(json bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if byte < 0x20 || byte >= 0x7f {
                append("\\u00")
                appendHexadecimal(byte)
            } else {
                if byte == 0x22 || byte == 0x5c { append(0x5c) }
                append(byte)
            }
        }
    }

    private func appendHexadecimal(_ byte: UInt8) {
        let high = byte >> 4
        let low = byte & 15
        append(high < 10 ? 0x30 + high : 0x57 + high)
        append(low < 10 ? 0x30 + low : 0x57 + low)
    }
}
