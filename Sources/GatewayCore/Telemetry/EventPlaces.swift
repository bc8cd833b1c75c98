/// Where the texts lie that a request's event will be made of. Known when the request goes to its upstream, and fetched into the
/// processor's cache when the answer comes, while its head is read. Only hints: nothing is read here, and whatever is gone does no harm.
struct EventPlaces {
    private var api: UInt = 0
    private var context: UInt = 0
    private var operation: UInt = 0
    private var url: UInt = 0

    init() {}

    init(_ compiled: CompiledAPI, _ exchange: Exchange) {
        api = WorkingSet.place(of: compiled.eventMembers)
        context = WorkingSet.place(of: compiled.contextMember)
        operation = WorkingSet.place(of: compiled.operations[Int(exchange.operation)].eventMembers)
        if let upstream = exchange.upstream { url = WorkingSet.place(of: upstream.url) }
    }

    @inline(__always)
    func fetch() {
        WorkingSet.fetch(from: api, lines: 4)
        WorkingSet.fetch(from: context, lines: 1)
        WorkingSet.fetch(from: operation, lines: 2)
        WorkingSet.fetch(from: url, lines: 1)
    }
}
