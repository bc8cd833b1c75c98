/// Where the fields of one head after another lie. Grows, is emptied and filled again; confined to its event loop.
///
/// The heads that refer to it do so without owning it, so that passing a head on costs no reference counting: whoever has a head keeps
/// its table, as it keeps the bytes that the head's spans point into.
public final class FieldTable {
    fileprivate struct Rows {
        var start: UnsafeMutablePointer<HeaderField>
        var count: Int
        var capacity: Int
    }

    private let rows: UnsafeMutablePointer<Rows>

    public init(capacity: Int = 16) {
        rows = .allocate(capacity: 1)
        rows.initialize(to: Rows(start: .allocate(capacity: max(1, capacity)), count: 0, capacity: max(1, capacity)))
    }

    /// A table of its own with the same fields.
    convenience init(copying fields: HeaderFields) {
        self.init(capacity: fields.count + 8)
        for field in fields { self.fields.append(field) }
    }

    deinit {
        rows.pointee.start.deallocate()
        rows.deallocate()
    }

    /// Adds the memory of the fields.
    func add(to set: inout WorkingSet) {
        set.add(rows, bytes: 24)
        set.add(rows.pointee.start, bytes: 10 * MemoryLayout<HeaderField>.stride)
    }

    /// The fields, as long as the table lives.
    public var fields: HeaderFields { HeaderFields(rows: rows) }
}

/// The fields of a head in order of arrival; a view of a ``FieldTable``, which must outlive it.
public struct HeaderFields: RandomAccessCollection, MutableCollection {
    fileprivate let rows: UnsafeMutablePointer<FieldTable.Rows>

    public var startIndex: Int { 0 }
    public var endIndex: Int { rows.pointee.count }

    @inline(__always)
    public subscript(_ index: Int) -> HeaderField {
        get {
            precondition(index >= 0 && index < rows.pointee.count)
            return rows.pointee.start[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < rows.pointee.count)
            rows.pointee.start[index] = newValue
        }
    }

    /// Goes over the fields as they are now; none may be appended meanwhile.
    @inline(__always)
    public func makeIterator() -> UnsafeBufferPointer<HeaderField>.Iterator {
        UnsafeBufferPointer(start: rows.pointee.start, count: rows.pointee.count).makeIterator()
    }

    @inline(__always)
    func append(_ field: HeaderField) {
        if rows.pointee.count == rows.pointee.capacity { grow() }
        (rows.pointee.start + rows.pointee.count).initialize(to: field)
        rows.pointee.count &+= 1
    }

    /// Empties the table and keeps its memory.
    @inline(__always)
    func removeAll() { rows.pointee.count = 0 }

    @inline(never)
    private func grow() {
        let capacity = rows.pointee.capacity * 2
        let start = UnsafeMutablePointer<HeaderField>.allocate(capacity: capacity)
        start.moveInitialize(from: rows.pointee.start, count: rows.pointee.count)
        rows.pointee.start.deallocate()
        rows.pointee.start = start
        rows.pointee.capacity = capacity
    }
}
