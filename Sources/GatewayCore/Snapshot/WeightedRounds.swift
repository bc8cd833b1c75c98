/// The order in which weighted endpoints take turns, spread evenly (the smooth weighted round robin of nginx).
enum WeightedRounds {
    /// Turns in one round at most; larger weights keep their proportion.
    private static let maximumTurns = 1_000

    /// Each index as often as its weight says. Empty when no weight is above 0.
    static func indices(_ weights: [Int]) -> [Int32] {
        let weights = scaled(weights)
        let total = weights.reduce(0, +)
        var current = [Int](repeating: 0, count: weights.count)
        return (0..<total).map { _ in
            for index in weights.indices { current[index] += weights[index] }
            let chosen = weights.indices.filter { weights[$0] > 0 }.max { current[$0] < current[$1] } ?? 0
            current[chosen] -= total
            return Int32(chosen)
        }
    }

    private static func scaled(_ weights: [Int]) -> [Int] {
        let positive = weights.map { max($0, 0) }
        let divisor = max(positive.reduce(0, greatestCommonDivisor), 1)
        let reduced = positive.map { $0 / divisor }
        let total = reduced.reduce(0, +)
        guard total > maximumTurns else { return reduced }
        return reduced.map { $0 == 0 ? 0 : max($0 * maximumTurns / total, 1) }
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
