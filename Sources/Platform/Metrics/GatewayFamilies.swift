import GatewayCore
import Telemetry

/// The metrics of a gateway's traffic.
struct GatewayFamilies {
    let reading: MetricsReading

    var all: [MetricFamily] { [requests, faults, duration, backend] + bytes + connections + upstreams }

    private typealias Labels = [(name: String, value: String)]

    private func labels(_ api: GatewayMetrics.API) -> Labels {
        [("api", api.name), ("version", api.version), ("tenant", api.tenantDomain)]
    }

    private var requests: MetricFamily {
        var family = MetricFamily("martlet_gateway_requests", .counter, "Requests by API, method and class of the status.")
        for (api, traffic) in reading.traffic {
            for item in traffic.requests {
                family.add(Double(item.count), labels(api) + [("method", item.verb), ("status", item.status)])
            }
        }
        return family
    }

    private var faults: MetricFamily {
        var family = MetricFamily(
            "martlet_gateway_faults", .counter, "Requests that the gateway refused, or whose upstream failed, by the reason.")
        for (api, traffic) in reading.traffic {
            for item in traffic.faults {
                family.add(Double(item.count), labels(api) + [("type", item.type), ("reason", item.reason)])
            }
        }
        return family
    }

    private var duration: MetricFamily {
        histogram("martlet_gateway_request_duration_seconds", "From the first byte of a request to its answer.", \.duration)
    }

    private var backend: MetricFamily {
        histogram(
            "martlet_gateway_backend_duration_seconds", "From the request to an upstream to the end of its answer.", \.backend)
    }

    private func histogram(
        _ name: String, _ help: String, _ member: KeyPath<MetricsReading.Traffic, MetricsReading.Histogram>
    ) -> MetricFamily {
        var family = MetricFamily(name, .histogram, help)
        for (api, traffic) in reading.traffic {
            let values = traffic[keyPath: member]
            guard values.counts.contains(where: { $0 > 0 }) else { continue }
            family.add(
                MetricHistogram(
                    bounds: LatencyBounds.seconds, counts: values.counts, sum: Double(values.sumNanoseconds) / 1e9),
                labels(api))
        }
        return family
    }

    private var bytes: [MetricFamily] {
        var received = MetricFamily("martlet_gateway_request_body_bytes", .counter, "Bytes of the bodies of requests.")
        var sent = MetricFamily("martlet_gateway_response_body_bytes", .counter, "Bytes of the bodies of answers.")
        for (api, traffic) in reading.traffic {
            received.add(Double(traffic.requestBytes), labels(api))
            sent.add(Double(traffic.responseBytes), labels(api))
        }
        return [received, sent]
    }

    private var connections: [MetricFamily] {
        [
            MetricFamily(
                "martlet_gateway_client_connections", .gauge, "Connections of clients that are open.",
                value: Double(reading.loops.openConnections)),
            MetricFamily(
                "martlet_gateway_accepted_connections", .counter, "Connections of clients that were accepted.",
                value: Double(reading.loops.acceptedConnections)),
            MetricFamily(
                "martlet_gateway_checked_credentials", .counter,
                "Credentials that had to be verified; all others were remembered.",
                value: Double(reading.loops.checkedCredentials)),
        ]
    }

    private var upstreams: [MetricFamily] {
        var open = MetricFamily("martlet_gateway_upstream_connections", .gauge, "Connections to an upstream.")
        var waiting = MetricFamily("martlet_gateway_upstream_waiting_requests", .gauge, "Requests that wait for a connection.")
        var opened = MetricFamily("martlet_gateway_upstream_opened_connections", .counter, "Connections that were opened.")
        var failed = MetricFamily("martlet_gateway_upstream_failed_connections", .counter, "Connections that failed to open.")
        for (name, upstream) in reading.upstreams {
            let labels: Labels = [("upstream", name)]
            open.add(Double(upstream.connections), labels)
            waiting.add(Double(upstream.waiting), labels)
            opened.add(Double(upstream.opened), labels)
            failed.add(Double(upstream.failed), labels)
        }
        return [open, waiting, opened, failed]
    }
}
