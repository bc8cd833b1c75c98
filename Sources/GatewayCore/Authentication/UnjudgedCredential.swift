/// Why nobody could say whether the token or password of a request is good. Kept with the request, so that it is not asked about again when
/// its other credentials are looked at.
enum UnjudgedCredential {
    /// Whoever has to judge it gave no answer.
    case unanswered
    /// Too many passwords wait to be checked.
    case putOff

    var refusal: Refusal {
        switch self {
        case .unanswered: .authenticationFailed
        case .putOff: .tooManyFailures
        }
    }
}
