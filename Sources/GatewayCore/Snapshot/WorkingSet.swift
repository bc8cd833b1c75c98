import CPrefetch

/// Where the memory lies that every request of an API reads, as lines of the processor's cache.
///
/// With thousands of APIs most of it is not in the cache when a request comes, and the objects point to each other, so that each is waited
/// for in turn. Asking for all lines as soon as the API is known has the processor fetch them side by side. The lines are hints and never
/// read here: that of an object which is gone does no harm.
package struct WorkingSet: Sendable {
    /// Bytes of a line.
    private static let lineBytes: UInt = 64
    /// More lines than this would drive each other out, and the processor does not fetch more at a time.
    static let most = 46

    /// The line that the others are counted from.
    private var base: UInt = 0
    private var count = 0
    /// Distances of the lines from ``base``. In place, so that finding them takes no step of its own.
    private var distances = InlineArray<46, UInt32>(repeating: 0)

    package init() {}

    /// Adds the first bytes of an object, its header included.
    mutating func add(_ object: AnyObject?, bytes: Int) {
        guard let object else { return }
        add(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()), bytes)
    }

    /// Adds an object of the heap with all its members. Not for objects that the compiler may lay out itself, such as those of constants.
    package mutating func add(whole object: AnyObject) {
        let start = Unmanaged.passUnretained(object).toOpaque()
        add(UInt(bitPattern: start), cprefetch_size(start))
    }

    /// Adds a buffer with its first bytes.
    mutating func add(_ buffer: OutputBuffer, bytes: Int) {
        add(whole: buffer)
        add(UInt(bitPattern: buffer.start), bytes)
    }

    /// Adds bytes from an address on.
    mutating func add(_ start: UnsafeRawPointer, bytes: Int) { add(UInt(bitPattern: start), bytes) }

    /// Adds the first elements of an array, and what lies in front of them.
    mutating func add<Element>(_ array: [Element], most: Int = 256) {
        guard !array.isEmpty else { return }
        array.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            add(UInt(bitPattern: start) - Self.arrayHeader, min(bytes.count, most) + Int(Self.arrayHeader))
        }
    }

    private static let arrayHeader: UInt = 32

    private mutating func add(_ address: UInt, _ bytes: Int) {
        let first = address / Self.lineBytes
        let last = (address + UInt(max(1, bytes)) - 1) / Self.lineBytes
        for line in first...last { add(line: line) }
    }

    private mutating func add(line: UInt) {
        guard count < Self.most else { return }
        // The heap may grow in both directions.
        if count == 0 { base = line - min(line, 1 << 31) }
        guard line >= base, let distance = UInt32(exactly: line - base) else { return }
        for index in 0..<count where distances[index] == distance { return }
        distances[count] = distance
        count += 1
    }

    /// The addresses of all lines.
    var addresses: [UInt] { (0..<count).map { (base + UInt(distances[$0])) * Self.lineBytes } }

    /// Has the processor fetch all lines.
    @inline(__always)
    package func fetch() {
        // A view: every access to an element of the array itself would copy the array.
        let distances = distances.span
        for index in 0..<count { cprefetch_line((base &+ UInt(distances[unchecked: index])) &* Self.lineBytes) }
    }

    /// Has the processor fetch some lines of an object, from its beginning unless `first` says otherwise.
    @inline(__always)
    package static func fetch(_ object: AnyObject, from first: UInt = 0, lines: UInt = 2) {
        fetch(from: UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()) &+ first &* lineBytes, lines: lines)
    }

    /// Has the processor fetch an element of an array.
    @inline(__always)
    static func fetch<Element>(_ array: [Element], at index: Int) {
        array.withUnsafeBufferPointer { elements in
            cprefetch_line(UInt(bitPattern: elements.baseAddress) &+ UInt(bitPattern: index &* MemoryLayout<Element>.stride))
        }
    }

    /// Where the elements of an array lie, with their number in front of them.
    @inline(__always)
    static func place<Element>(of array: [Element]) -> UInt {
        array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) &- 16 }
    }

    /// Has the processor fetch lines from an address on.
    @inline(__always)
    static func fetch(from address: UInt, lines: UInt) {
        for line in 0..<lines { cprefetch_line(address &+ line &* lineBytes) }
    }
}
