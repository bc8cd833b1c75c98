import GatewayCore
import Model
import NIOCore

/// Asks endpoints again and again whether they are well, on one loop for the whole gateway.
final class HealthChecker {
    /// What is known of one endpoint.
    private final class Patient {
        let endpoint: HealthCheckedEndpoint
        var task: RepeatedTask?
        var isWell = true
        /// Answers in a row that say the opposite of `isWell`.
        var doubts = 0
        var isAsked = false

        init(_ endpoint: HealthCheckedEndpoint) { self.endpoint = endpoint }
    }

    private unowned let loop: GatewayLoop
    private var patients: [Patient] = []

    init(loop: GatewayLoop) { self.loop = loop }

    /// Goes on with the endpoints of a snapshot: what is known of those that were there before counts on.
    func follow(_ endpoints: [HealthCheckedEndpoint]) {
        guard !endpoints.isEmpty || !patients.isEmpty else { return }
        for patient in patients where !endpoints.contains(where: patient.endpoint.isSame) { patient.task?.cancel() }
        patients = endpoints.map { endpoint in
            patients.first { $0.endpoint.isSame(as: endpoint) } ?? admit(endpoint)
        }
    }

    func stop() { follow([]) }

    private func admit(_ endpoint: HealthCheckedEndpoint) -> Patient {
        let patient = Patient(endpoint)
        let bound = NIOLoopBound((self, patient), eventLoop: loop.eventLoop)
        patient.task = loop.eventLoop.scheduleRepeatedTask(
            initialDelay: .zero, delay: .milliseconds(Int64(endpoint.check.intervalMilliseconds))
        ) { _ in
            let (checker, patient) = bound.value
            checker.ask(patient)
        }
        return patient
    }

    private func ask(_ patient: Patient) {
        guard !patient.isAsked else { return }
        patient.isAsked = true
        HealthProbe(patient.endpoint.upstream, patient.endpoint.check, loop).run { isWell in
            patient.isAsked = false
            self.note(isWell, of: patient)
        }
    }

    private func note(_ isWell: Bool, of patient: Patient) {
        guard isWell != patient.isWell else { return patient.doubts = 0 }
        patient.doubts += 1
        let check = patient.endpoint.check
        guard patient.doubts >= (patient.isWell ? check.failures : check.successes) else { return }
        patient.isWell = isWell
        patient.doubts = 0
        patient.endpoint.setWell(isWell)
    }
}
