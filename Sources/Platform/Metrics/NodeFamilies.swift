import Model
import Operating
import RemoteFeed
import Storage
import Telemetry

/// Metrics of what stands around the traffic: the node itself, and how control plane and gateways are in step.
enum NodeFamilies {
    static func build(_ profile: ServerProfile) -> [MetricFamily] {
        var family = MetricFamily("martlet_build_info", .gauge, "Version and profile of the node; always 1.")
        family.add(1, [("version", ProductVersion.text), ("profile", profile.rawValue)])
        return [family] + ProcessMetrics.families()
    }

    static func logs(_ logs: GatewayLogs) -> [MetricFamily] {
        [
            MetricFamily(
                "martlet_gateway_lost_log_bytes", .counter, "Bytes of log lines that the disk did not take.",
                value: Double(logs.lostBytes))
        ]
    }

    /// The gateway of a control plane's process.
    static func local(_ feed: LocalFeed) async -> [MetricFamily] {
        guard await feed.isAttached else { return [] }
        return [Self.sequence(await feed.appliedSequence)]
    }

    /// A gateway that runs apart.
    static func remote(_ status: FeedStatus) -> [MetricFamily] {
        let state = status.current
        var families = [
            sequence(state.sequence),
            MetricFamily(
                "martlet_feed_connected", .gauge, "Whether the feed of the control plane is open.",
                value: state.isConnected ? 1 : 0),
            MetricFamily(
                "martlet_feed_failed_entities", .gauge, "Things of the feed that this gateway could not take.",
                value: Double(state.failures)),
        ]
        if let heard = state.heardMilliseconds {
            families.append(
                MetricFamily(
                    "martlet_feed_last_contact_seconds", .gauge,
                    "When the control plane was last heard, seconds since 1970.", value: Double(heard) / 1000))
        }
        return families
    }

    private static func sequence(_ sequence: Int64) -> MetricFamily {
        MetricFamily(
            "martlet_gateway_sequence", .gauge, "The last change that all event loops of the gateway work with.",
            value: Double(sequence))
    }

    /// The log of changes of the control plane, and how far its gateways are. Empty while the database does not answer.
    static func outbox(_ gateways: GatewayParts, _ store: any SQLStore) async -> [MetricFamily] {
        guard let outbox = try? await GatewayOutbox.extent(in: store) else { return [] }
        var families = [
            MetricFamily(
                "martlet_outbox_sequence", .gauge, "The last change that gateways have to learn.", value: Double(outbox.last)),
            MetricFamily(
                "martlet_outbox_retained_changes", .gauge, "Changes that gateways can still ask for one by one.",
                value: Double(outbox.last - outbox.compacted)),
        ]
        guard let instances = try? await gateways.deployments.gateways(of: .superTenant) else { return families }
        var active = MetricFamily("martlet_gateway_up", .gauge, "Whether a gateway has given a sign of life of late.")
        var lag = MetricFamily("martlet_gateway_lag_changes", .gauge, "Changes that a gateway has not acknowledged yet.")
        for instance in instances {
            let labels = [(name: "gateway", value: instance.id)]
            let isActive = gateways.deployments.isActive(instance)
            active.add(isActive ? 1 : 0, labels)
            if isActive { lag.add(Double(max(0, outbox.last - instance.acknowledged)), labels) }
        }
        families += [active, lag]
        return families
    }
}
