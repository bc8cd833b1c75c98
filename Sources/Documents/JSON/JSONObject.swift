/// The members of a JSON object in order of insertion. Setting an existing name keeps its place; setting `nil` removes it.
public struct JSONObject: Sendable {
    private struct Member: Sendable {
        let name: String
        var value: JSONValue
    }

    /// Above this number of members names are found through `positions`; below it a scan is faster than hashing.
    private static let scanLimit = 8

    private var members: [Member] = []
    private var positions: [String: Int] = [:]

    /// An object without members.
    public init() {}

    /// Later duplicates of a name replace earlier ones.
    public init(_ members: [(String, JSONValue)]) {
        reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    /// The names in order.
    public var names: [String] { members.map(\.name) }

    public subscript(_ name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(name, value)
            case (let position?, nil): remove(at: position)
            case (nil, nil): break
            }
        }
    }

    /// Makes room for `count` members at once.
    mutating func reserveCapacity(_ count: Int) {
        members.reserveCapacity(count)
    }

    private func position(of name: String) -> Int? {
        members.count > Self.scanLimit ? positions[name] : members.firstIndex { $0.name == name }
    }

    private mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
        if members.count == Self.scanLimit + 1 {
            index()
        } else if members.count > Self.scanLimit {
            positions[name] = members.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        positions = [:]
        if members.count > Self.scanLimit { index() }
    }

    private mutating func index() {
        positions = [:]
        for (position, member) in members.enumerated() { positions[member.name] = position }
    }
}

extension JSONObject: Sequence {
    /// Members in order.
    public func makeIterator() -> AnyIterator<(name: String, value: JSONValue)> {
        var iterator = members.makeIterator()
        return AnyIterator { iterator.next().map { ($0.name, $0.value) } }
    }
}

/// Two objects are equal when they have the same members; order does not matter (RFC 8259 §4).
extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        // A sum of the members' hashes does not depend on their order.
        var sum = 0
        for member in members {
            var memberHasher = Hasher()
            memberHasher.combine(member.name)
            memberHasher.combine(member.value)
            sum &+= memberHasher.finalize()
        }
        hasher.combine(sum)
    }
}
