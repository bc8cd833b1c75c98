import Documents
import Model

/// Says which tokens a key manager may be asked about.
public struct TokenRule: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The whole token matches a pattern.
        case reference = "REFERENCE"
        /// Claims of the token match patterns.
        case claims = "JWT"
        /// Like ``reference``, for tokens of no known form.
        case custom = "CUSTOM"
    }

    public var id: Int
    public var isEnabled: Bool
    public var kind: Kind
    /// A pattern, for all kinds but ``Kind/claims``.
    public var pattern: String
    /// Patterns by claim.
    public var claims: [String: String]

    public init(id: Int, isEnabled: Bool = true, kind: Kind, pattern: String = "", claims: [String: String] = [:]) {
        self.id = id
        self.isEnabled = isEnabled
        self.kind = kind
        self.pattern = pattern
        self.claims = claims
    }

    /// Why a pattern cannot be used; `nil` if all can.
    var fault: String? {
        for pattern in kind == .claims ? Array(claims.values) : [pattern] {
            do { _ = try SchemaPattern(pattern) } catch {
                return "tokenValidation: '\(pattern)' is no usable pattern: \(error.message)"
            }
        }
        return nil
    }

    /// The rule as gateways know it; `nil` for one that is switched off or says nothing.
    var compiled: GatewayTokenRule? {
        guard isEnabled else { return nil }
        if kind == .claims { return claims.isEmpty ? nil : GatewayTokenRule(pattern: nil, claims: claims) }
        return pattern.isEmpty ? nil : GatewayTokenRule(pattern: pattern, claims: [:])
    }
}
