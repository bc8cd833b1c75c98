import Synchronization

/// Where one of a service's servers is.
struct ServicePlace: Sendable, Hashable {
    var host: String
    var port: UInt16

    init(_ record: ServiceRecord) {
        host = record.target
        port = record.port
    }
}

/// Servers of services that health checks have found unwell; shared by the loops of a gateway.
final class UnwellPlaces: Sendable {
    /// What is known of one service.
    struct Service: Sendable {
        /// Grows with every change.
        var version = 0
        fileprivate var places: [ObjectIdentifier: Set<ServicePlace>] = [:]

        /// Whether any check has found the place unwell.
        func contains(_ place: ServicePlace) -> Bool { places.values.contains { $0.contains(place) } }
    }

    private let services = Mutex<[Int: Service]>([:])

    /// - Parameter pool: ``Upstream/pool`` of the service.
    func service(_ pool: Int) -> Service { services.withLock { $0[pool] ?? Service() } }

    /// Puts what a check has come to in the place of what it had come to before.
    func set(_ places: Set<ServicePlace>, of pool: Int, by check: ObjectIdentifier) {
        services.withLock { services in
            var service = services[pool] ?? Service()
            guard service.places[check] ?? [] != places else { return }
            service.version += 1
            service.places[check] = places.isEmpty ? nil : places
            services[pool] = service
        }
    }
}
