/// Why bytes of a server are no answer.
struct RESPFault: Error, Equatable {
    var reason: String
}
