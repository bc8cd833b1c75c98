/// One search of a pattern's program in a text: the set of reachable instructions moves along the text (Thompson's method).
struct PatternRun {
    let program: [SchemaPattern.Instruction]
    let subject: [UnicodeScalar]
    /// Whether the match must begin at the first position; otherwise it may begin anywhere.
    let isAnchored: Bool

    func matches(from start: Int, _ steps: inout Int) -> Bool {
        var current: [Int] = []
        var marks = [Int](repeating: -1, count: program.count)
        for position in start...subject.count {
            if position == start || !isAnchored {
                if follow(0, position, &current, &marks, &steps) { return true }
            }
            guard position < subject.count, !current.isEmpty || !isAnchored, steps > 0 else { return false }
            var next: [Int] = []
            for place in current {
                guard case .scalar(let set) = program[place], set.contains(subject[position]) else { continue }
                if follow(place + 1, position + 1, &next, &marks, &steps) { return true }
            }
            current = next
        }
        return false
    }

    /// Adds every instruction that reads a character and is reachable from `place` without reading one. `true` at the end of
    /// the program.
    private func follow(
        _ place: Int, _ position: Int, _ states: inout [Int], _ marks: inout [Int], _ steps: inout Int
    ) -> Bool {
        var open = [place]
        while let place = open.popLast() {
            guard marks[place] != position, steps > 0 else { continue }
            marks[place] = position
            steps -= 1
            switch program[place] {
            case .match: return true
            case .scalar: states.append(place)
            case .jump(let target): open.append(target)
            case .split(let first, let second): open += [second, first]
            default: if holds(program[place], position, &steps) { open.append(place + 1) }
            }
        }
        return false
    }

    private func holds(_ assertion: SchemaPattern.Instruction, _ position: Int, _ steps: inout Int) -> Bool {
        switch assertion {
        case .atStart: position == 0
        case .atEnd: position == subject.count
        case .wordBoundary(let expects): (isWord(position - 1) != isWord(position)) == expects
        case .lookAhead(let program, let expects):
            PatternRun(program: program, subject: subject, isAnchored: true).matches(from: position, &steps) == expects
        default: false
        }
    }

    private func isWord(_ position: Int) -> Bool {
        subject.indices.contains(position) && ScalarSet.word.contains(subject[position])
    }
}
