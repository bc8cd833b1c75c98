import Synchronization

/// Learns whether what an encoder writes contains a ``GatewaySecret``.
public final class GatewaySecretWitness: Sendable {
    private let flag = Atomic(false)

    public init() {}

    /// Whether a secret was written.
    public var sawSecret: Bool { flag.load(ordering: .relaxed) }

    func note() { flag.store(true, ordering: .relaxed) }

    /// Where encoders keep their witness, in `userInfo`.
    public static let key = CodingUserInfoKey(checked: "martlet.gatewaySecretWitness")
}

extension CodingUserInfoKey {
    /// The standard initializer fails for no text; this one says so.
    fileprivate init(checked name: String) {
        guard let key = CodingUserInfoKey(rawValue: name) else { preconditionFailure("a coding key of any text exists") }
        self = key
    }
}
