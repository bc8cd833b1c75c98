import GatewayCore
import Model
import NIOCore

/// Asks endpoints again and again whether they are well, on one loop for the whole gateway. Of a service each server is asked that its
/// records name; it is well as long as one of them is.
final class HealthChecker {
    private unowned let loop: GatewayLoop
    private var rounds: [Round] = []

    init(loop: GatewayLoop) { self.loop = loop }

    /// Goes on with the endpoints of a snapshot: what is known of those that were there before counts on.
    func follow(_ endpoints: [HealthCheckedEndpoint]) {
        guard !endpoints.isEmpty || !rounds.isEmpty else { return }
        for round in rounds where !endpoints.contains(where: round.endpoint.isSame) { round.end() }
        rounds = endpoints.map { endpoint in
            rounds.first { $0.endpoint.isSame(as: endpoint) } ?? Round(of: endpoint, loop)
        }
    }

    func stop() { follow([]) }
}

/// What is known of one server.
private final class Patient {
    /// One of a service's; `nil` for an endpoint that is one server.
    let place: ServicePlace?
    private(set) var isWell = true
    /// Answers in a row that say the opposite of `isWell`.
    private var doubts = 0
    var isAsked = false

    init(_ place: ServicePlace?) { self.place = place }

    /// Answers whether another opinion of the server has come of it.
    func note(_ isWell: Bool, _ check: GatewayHealthCheck) -> Bool {
        guard isWell != self.isWell else {
            doubts = 0
            return false
        }
        doubts += 1
        guard doubts >= (self.isWell ? check.failures : check.successes) else { return false }
        self.isWell = isWell
        doubts = 0
        return true
    }
}

/// The checks of one endpoint.
private final class Round {
    let endpoint: HealthCheckedEndpoint
    private unowned let loop: GatewayLoop
    private var patients: [Patient]
    private var task: RepeatedTask?
    private var upstream: Upstream { endpoint.upstream }

    init(of endpoint: HealthCheckedEndpoint, _ loop: GatewayLoop) {
        self.endpoint = endpoint
        self.loop = loop
        patients = endpoint.upstream.isService ? [] : [Patient(nil)]
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        task = loop.eventLoop.scheduleRepeatedTask(
            initialDelay: .zero, delay: .milliseconds(Int64(endpoint.check.intervalMilliseconds))
        ) { _ in bound.value.ask() }
    }

    func end() {
        task?.cancel()
        task = nil
        if upstream.isService { loop.unwellPlaces.set([], of: upstream.pool, by: ObjectIdentifier(self)) }
    }

    private func ask() {
        guard upstream.isService else { return patients.forEach(ask) }
        loop.services.records(of: upstream.host) { [self] records in
            guard task != nil else { return }
            follow(records.map(ServicePlace.init))
            patients.forEach(ask)
        }
    }

    /// Goes on with the servers that the records name now.
    private func follow(_ places: [ServicePlace]) {
        let known = patients
        var followed = Set<ServicePlace>()
        patients = places.filter { followed.insert($0).inserted }.map { place in
            known.first { $0.place == place } ?? Patient(place)
        }
        if patients.count != known.count || patients.contains(where: { patient in !known.contains { $0 === patient } }) {
            report()
        }
    }

    private func ask(_ patient: Patient) {
        guard !patient.isAsked else { return }
        patient.isAsked = true
        HealthProbe(upstream, endpoint.check, loop).run(at: patient.place) { [self] isWell in
            patient.isAsked = false
            guard task != nil else { return }
            if patient.note(isWell, endpoint.check) { report() }
        }
    }

    private func report() {
        let unwell = patients.filter { !$0.isWell }
        if upstream.isService {
            loop.unwellPlaces.set(Set(unwell.compactMap(\.place)), of: upstream.pool, by: ObjectIdentifier(self))
        }
        // A service of which no server is known fails by itself.
        endpoint.setWell(unwell.isEmpty || unwell.count < patients.count)
    }
}
