/// Reads the syntax of a pattern and writes its program.
struct PatternParser {
    private static let sizeLimit = 20_000
    private static let depthLimit = 50

    private var rest: Substring.UnicodeScalarView
    private var depth = 0

    init(_ text: String) { rest = text[...].unicodeScalars }

    mutating func program() throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        let program = try alternatives()
        guard rest.isEmpty else { throw fault("')' without '('") }
        return program + [.match]
    }

    private func fault(_ message: String) -> SchemaPattern.Fault { SchemaPattern.Fault(message: message) }

    private mutating func take(_ scalar: UnicodeScalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest = rest.dropFirst(text.unicodeScalars.count)
        return true
    }

    // Pieces of a program are written as if they began at 0 and are moved when they are joined.

    private mutating func alternatives() throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw fault("groups are nested too deeply") }
        var branches = [try sequence()]
        while take("|" as UnicodeScalar) { branches.append(try sequence()) }
        var program = branches.removeLast()
        for branch in branches.reversed() {
            let start: [SchemaPattern.Instruction] = [.split(1, branch.count + 2)]
            let end = branch.count + 2 + program.count
            program = start + moved(branch, 1) + [.jump(end)] + moved(program, branch.count + 2)
        }
        return program
    }

    private mutating func sequence() throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        var program: [SchemaPattern.Instruction] = []
        while let next = rest.first, next != "|", next != ")" {
            let piece = try repeated(try atom())
            guard program.count + piece.count <= Self.sizeLimit else { throw fault("it is too large") }
            program += moved(piece, program.count)
        }
        return program
    }

    private func moved(_ program: [SchemaPattern.Instruction], _ distance: Int) -> [SchemaPattern.Instruction] {
        program.map { instruction in
            switch instruction {
            case .split(let first, let second): .split(first + distance, second + distance)
            case .jump(let target): .jump(target + distance)
            default: instruction
            }
        }
    }

    private mutating func repeated(_ piece: [SchemaPattern.Instruction]) throws(SchemaPattern.Fault) -> [SchemaPattern
        .Instruction]
    {
        let bounds: (least: Int, most: Int?)
        if take("*" as UnicodeScalar) {
            bounds = (0, nil)
        } else if take("+" as UnicodeScalar) {
            bounds = (1, nil)
        } else if take("?" as UnicodeScalar) {
            bounds = (0, 1)
        } else if let counted = try counted() {
            bounds = counted
        } else {
            return piece
        }
        _ = take("?" as UnicodeScalar)  // Whether a match exists does not depend on laziness.
        return try repeated(piece, bounds.least, bounds.most)
    }

    private func repeated(
        _ piece: [SchemaPattern.Instruction], _ least: Int, _ most: Int?
    ) throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        guard (piece.count + 2) * (max(least, most ?? 0) + 1) <= Self.sizeLimit else { throw fault("it repeats too much") }
        var program: [SchemaPattern.Instruction] = []
        for _ in 0..<least { program += moved(piece, program.count) }
        guard let most else {
            let start = program.count
            return program + [.split(start + 1, start + piece.count + 2)] + moved(piece, start + 1) + [.jump(start)]
        }
        let end = program.count + (most - least) * (piece.count + 1)
        for _ in least..<most {
            let start = program.count
            program += [.split(start + 1, end)] + moved(piece, start + 1)
        }
        return program
    }

    /// `{2}`, `{2,}` or `{2,5}`; a brace that is none of these stands for itself.
    private mutating func counted() throws(SchemaPattern.Fault) -> (least: Int, most: Int?)? {
        let start = rest
        guard take("{" as UnicodeScalar) else { return nil }
        if let least = number() {
            if take("}" as UnicodeScalar) { return (least, least) }
            if take("," as UnicodeScalar) {
                if take("}" as UnicodeScalar) { return (least, nil) }
                if let most = number(), take("}" as UnicodeScalar) {
                    guard least <= most else { throw fault("the numbers of '{\(least),\(most)}' are out of order") }
                    return (least, most)
                }
            }
        }
        rest = start
        return nil
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { ScalarSet.digits.contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : Int(String(digits)) ?? Int(Int32.max)
    }

    private mutating func atom() throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        let scalar = rest.removeFirst()
        switch scalar {
        case "^": return [.atStart]
        case "$": return [.atEnd]
        case ".": return [.scalar(ScalarSet.lineBreaks.negated)]
        case "[": return [.scalar(try scalarClass())]
        case "(": return try group()
        case "\\": return [try escape()]
        case "*", "+", "?": throw fault("'\(scalar)' has nothing to repeat")
        default: return [.scalar(.one(scalar))]
        }
    }

    private mutating func group() throws(SchemaPattern.Fault) -> [SchemaPattern.Instruction] {
        var looks: Bool?
        if take("?=") {
            looks = true
        } else if take("?!") {
            looks = false
        } else if take("?<=") || take("?<!") {
            throw fault("look-behind is not supported")
        } else if take("?<") {
            guard let end = rest.firstIndex(of: ">") else { throw fault("the name of a group has no end") }
            rest = rest[rest.index(after: end)...]
        } else if rest.first == "?", !take("?:") {
            throw fault("'(?' must be followed by ':', '=', '!' or a name")
        }
        let body = try alternatives()
        guard take(")" as UnicodeScalar) else { throw fault("'(' without ')'") }
        return looks.map { [.lookAhead(program: body + [.match], expects: $0)] } ?? body
    }

    private mutating func escape() throws(SchemaPattern.Fault) -> SchemaPattern.Instruction {
        switch rest.first {
        case "b": rest.removeFirst(); return .wordBoundary(true)
        case "B": rest.removeFirst(); return .wordBoundary(false)
        case "A", "Z", "z":
            let isStart = rest.removeFirst() == "A"
            return isStart ? .atStart : .atEnd
        case let digit? where ("1"..."9").contains(digit): throw fault("back references are not supported")
        default: return .scalar(try escapedSet())
        }
    }

    private mutating func scalarClass() throws(SchemaPattern.Fault) -> ScalarSet {
        var set = ScalarSet(isNegated: take("^" as UnicodeScalar))
        while !take("]" as UnicodeScalar) {
            let first = try classMember()
            guard rest.first == "-", rest.dropFirst().first != "]" else {
                set.ranges += first.positiveRanges
                continue
            }
            rest.removeFirst()
            let last = try classMember()
            guard let low = single(first), let high = single(last) else {
                set.ranges += first.positiveRanges + last.positiveRanges + ScalarSet.one("-").ranges
                continue
            }
            guard low <= high else { throw fault("a range of characters is out of order") }
            set.ranges.append(low...high)
        }
        return set
    }

    private func single(_ set: ScalarSet) -> UInt32? {
        guard !set.isNegated, set.ranges.count == 1, let range = set.ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    private mutating func classMember() throws(SchemaPattern.Fault) -> ScalarSet {
        guard !rest.isEmpty else { throw fault("'[' without ']'") }
        let scalar = rest.removeFirst()
        guard scalar == "\\" else { return .one(scalar) }
        if take("b" as UnicodeScalar) { return .one("\u{8}") }
        return try escapedSet()
    }

    private mutating func escapedSet() throws(SchemaPattern.Fault) -> ScalarSet {
        guard !rest.isEmpty else { throw fault("it ends with '\\'") }
        let scalar = rest.removeFirst()
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .blanks
        case "S": return ScalarSet.blanks.negated
        case "t": return .one("\t")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "f": return .one("\u{C}")
        case "v": return .one("\u{B}")
        case "0": return .one("\0")
        case "x": return try .one(hexadecimal(2))
        case "u": return try .one(unicode())
        case "p", "P": throw fault("properties of characters ('\\p') are not supported")
        default: return .one(scalar)
        }
    }

    private mutating func unicode() throws(SchemaPattern.Fault) -> UnicodeScalar {
        guard take("{" as UnicodeScalar) else { return try hexadecimal(4) }
        let digits = rest.prefix { $0 != "}" }
        rest = rest.dropFirst(digits.count)
        guard take("}" as UnicodeScalar), let value = UInt32(String(digits), radix: 16), let scalar = UnicodeScalar(value)
        else {
            throw fault("'\\u{' must be followed by a code point and '}'")
        }
        return scalar
    }

    private mutating func hexadecimal(_ count: Int) throws(SchemaPattern.Fault) -> UnicodeScalar {
        let digits = rest.prefix(count)
        rest = rest.dropFirst(digits.count)
        guard digits.count == count, let value = UInt32(String(digits), radix: 16), let scalar = UnicodeScalar(value) else {
            throw fault("an escape sequence needs \(count) hexadecimal digits")
        }
        return scalar
    }
}
